"""What PostgreSQL's own files say on a shared server."""

import psutil

from db.guard import INCLUDE
from db.provision import LOG_SETTINGS
from db.shared_server import MONITOR_LOGIN
from installer.server.account import Account, own_name
from installer.server.site import SUPERUSER, ClientCertificates, ServerSite

_HEAD = "# Written by installer/server; changes here are lost."
_MEBIBYTE = 1024 * 1024
_SHARED_MEMORY_MIB = (128, 8192)
_CLIENTCERT = {
    ClientCertificates.NONE: "",
    ClientCertificates.WORKSTATION: " clientcert=verify-ca",
    ClientCertificates.PERSON: " clientcert=verify-full",
}
NEEDS_RESTART = frozenset(
    {
        "listen_addresses",
        "port",
        "unix_socket_directories",
        "unix_socket_permissions",
        "max_connections",
        "superuser_reserved_connections",
        "shared_buffers",
        "wal_level",
        "logging_collector",
    }
)
"""Of the settings below, those that a running server does not take up."""

# Defaults that a client may lift for itself; who holds others up is seen and ended by
# `db sessions` and `db end-sessions`.
_TIMEOUTS = {
    "statement_timeout": "60s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "60s",
    "authentication_timeout": "10s",
}
_NETWORK = {
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "3",
    "tcp_keepalives_count": "2",
    "tcp_user_timeout": "10000",
    "client_connection_check_interval": "5s",
}
# Fewer and smoother writes: checkpoints a quarter of an hour apart, pages compressed.
_DISK = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "wal_level": "replica",
    "wal_compression": "on",
    "checkpoint_timeout": "15min",
    "checkpoint_completion_target": "0.9",
    "max_wal_size": "4GB",
    "min_wal_size": "256MB",
    "temp_file_limit": "10GB",
}
_LOG = {
    "logging_collector": "on",
    "log_directory": "log",
    # A week of days, each begun anew; nothing grows without an end.
    "log_filename": "postgresql-%a.log",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
    "log_file_mode": "0600",
    "log_timezone": "UTC",
    "log_disconnections": "on",
    "log_lock_waits": "on",
    # What people typed is bound to statements, and stays out of the log.
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
# All clients are this product's or a current libpq: nothing below TLS 1.3 is needed.
_TLS = {
    "ssl": "on",
    "ssl_min_protocol_version": "TLSv1.3",
    "password_encryption": "scram-sha-256",
    "scram_iterations": "100000",
}


def settings_of(site: ServerSite) -> dict[str, str]:
    """Return what differs from PostgreSQL's own defaults, by name."""
    return {
        "listen_addresses": site.listen,
        "port": str(site.port),
        "unix_socket_directories": str(site.sockets),
        # Whoever it is, the system tells the server, and `pg_hba.conf` decides.
        "unix_socket_permissions": "0777" if site.monitor_user else "0700",
        "max_connections": str(site.max_connections),
        "superuser_reserved_connections": "5",
        "shared_buffers": f"{_shared_memory_mib()}MB",
        "timezone": "UTC",
        "lc_messages": "C",
        "ssl_ca_file": str(site.tls / "ca.crt"),
        "ssl_crl_file": str(site.tls / "ca.crl"),
        "ssl_cert_file": str(site.tls / "server.crt"),
        "ssl_key_file": str(site.tls / "server.key"),
        **_TLS,
        **_TIMEOUTS,
        **_NETWORK,
        **_DISK,
        **_LOG,
        **LOG_SETTINGS,
    }


def _shared_memory_mib() -> int:
    """Return a quarter of the memory, in steps that a kernel's update does not move."""
    least, most = _SHARED_MEMORY_MIB
    quarter: int = psutil.virtual_memory().total // 4 // _MEBIBYTE
    return max(least, min(most, quarter // least * least))


def settings_text(settings: dict[str, str]) -> str:
    """Return the file `atalaya.conf`."""
    lines = [f"{name} = '{_quoted(value)}'" for name, value in settings.items()]
    return "\n".join([_HEAD, *lines, ""])


def settings_in(text: str) -> dict[str, str]:
    """Read back what `settings_text` wrote."""
    found = {}
    for line in text.splitlines():
        name, equals, value = line.partition(" = ")
        if equals and not line.startswith("#"):
            found[name] = value[1:-1].replace("''", "'")
    return found


def _quoted(value: str) -> str:
    return value.replace("'", "''")


def access_text(site: ServerSite) -> str:
    """Return `pg_hba.conf`: who may come in, and what proves it."""
    lines = [
        # Who failed too often, ahead of all: the guard writes that file.
        INCLUDE,
        _HEAD,
        "# The administrator, from this machine alone: the system says who asks.",
        f"local    all           {SUPERUSER}         peer map=atalaya",
    ]
    if site.monitor_user:
        lines.append(f"local    postgres      {MONITOR_LOGIN}  peer map=atalaya")
    lines += [
        "local    all           all              reject",
        "# People and engines: encrypted, and by a password that never travels.",
        f"hostssl  all           {SUPERUSER},{MONITOR_LOGIN}  all  reject",
    ]
    method = f"scram-sha-256{_CLIENTCERT[site.client_certificates]}"
    for network in site.networks:
        lines.append(f"hostssl  {site.database}  all  {network}  {method}")
    lines += ["host     all           all              all  reject", ""]
    return "\n".join(lines)


def identities_text(site: ServerSite, account: Account) -> str:
    """Return `pg_ident.conf`: whom of this machine the sockets take for whom."""
    administrators = sorted({account.name, own_name()})
    lines = [f"atalaya  {name}  {SUPERUSER}" for name in administrators]
    if site.monitor_user:
        lines.append(f"atalaya  {site.monitor_user}  {MONITOR_LOGIN}")
    return "\n".join([_HEAD, *lines, ""])
