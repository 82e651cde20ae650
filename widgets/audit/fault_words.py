"""What is wrong with the chain, in words."""

from PySide6.QtCore import QCoreApplication

from app.domain.audit import AuditTrouble, ChainFault

_tr = QCoreApplication.translate


def fault_text(fault: ChainFault) -> str:
    """Return a sentence on a link that does not hold."""
    if fault.sequence is None:
        return _tr("chain", "An entry stands outside of the chain.")
    texts = {
        AuditTrouble.ALTERED: _tr("chain", "Entry {} was altered."),
        AuditTrouble.MISSING_BEFORE: _tr("chain", "Entries before {} are missing."),
        AuditTrouble.MISSING_AFTER: _tr("chain", "Entries after {} are missing."),
    }
    text = texts.get(fault.trouble, _tr("chain", "The chain is broken at entry {}."))
    return text.format(fault.sequence)
