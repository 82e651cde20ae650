PYTHON ?= python3
SECONDS_HEADLESS ?= 150

.PHONY: demo test clips

## Set up whatever is missing and open the demo: cameras, engine, desktop.
demo:
	$(PYTHON) installer/bootstrap.py demo --seconds $(SECONDS_HEADLESS)

## Set up whatever is missing and judge the tree: lint, types, contracts, tests.
test:
	$(PYTHON) installer/bootstrap.py test

## Render the bundled clips again.
clips:
	$(PYTHON) installer/bootstrap.py run simulate render
