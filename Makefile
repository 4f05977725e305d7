# Virga: make help

# The product is one static binary. The race detector alone needs a C compiler.
export CGO_ENABLED = 0
# Without this, a newer toolchain could be fetched behind your back.
export GOTOOLCHAIN = local
# For all, so that tests and binary share what was compiled. Which commit it is we
# say ourselves: go asks git, which answers nobody but the owner of the clone.
export GOFLAGS = -trimpath -buildvcs=false

GO      = go
GIT     = git -c safe.directory='*'
VERSION = $(shell $(GIT) describe --tags --always --dirty 2>/dev/null || echo unknown)
COMMIT  = $(shell $(GIT) rev-parse HEAD 2>/dev/null)
LDFLAGS = -s -w -X main.version=$(VERSION) -X main.commit=$(COMMIT)
BIN     = /usr/local/bin
# What is built: make build OUT=/tmp/virga
OUT     = bin/virga
# Where tests note how many faults they walked; what go answers from its cache does not.
export VIRGA_TALLY = $(CURDIR)/bin/tally
# More words for `virga up`: make up ARGS="--listen 0.0.0.0:8080"
ARGS    =
# Rounds of each fuzz test: make fuzz N=100000
N       = 10000
# Which of them, and how: make mutants RUN=lease, make mutants MUTANTS='-suite own'
RUN     =
MUTANTS =
# Where to look: make lint PKG=./internal/hub, make fmt PKG=./cmd/...
PKG     = ./...

# Where goroutines meet; the race detector slows the rest down for nothing. The
# engine of SQLite is C made into Go, which it slows down most of all.
RACE = ./internal/store/... ./internal/work ./internal/hub ./internal/host ./internal/host/fake ./internal/host/sys \
       ./internal/httpd ./internal/wire/... ./internal/control ./cmd/...
RACETEST = CGO_ENABLED=1 $(GO) test -race -gcflags='modernc.org/sqlite/lib=-race=false' -timeout 20m

.DEFAULT_GOAL = help
.PHONY: help up build install test test-long test-clients unit race sim lint lint-changed fmt gen check bench fuzz mutants clean

help: ## this text
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: ## install what is missing, build, and run a cloud on this machine
	@scripts/packages run image
	@$(MAKE) --no-print-directory install
	@exec $(BIN)/virga up $(ARGS)

build: ## bin/virga
	@$(GO) build -ldflags '$(LDFLAGS)' -o $(OUT) ./cmd/virga

install: build ## put virga into the path (BIN=/usr/local/bin)
	@cmp -s $(OUT) $(BIN)/virga || install -D -m 755 $(OUT) $(BIN)/virga

test: ## all tests; installs what they need
	@scripts/packages run image test
	@mkdir -p bin && : >$(VIRGA_TALLY)
	@$(MAKE) --no-print-directory unit sim race
	@sed 's/^/faults: /' $(VIRGA_TALLY)

test-clients: ## the published clients of both APIs against the binary
	@scripts/packages clients
	@clients=$$(scripts/clients) && cd internal/e2e/clients && VIRGA_CLIENTS=$$clients $(GO) test -parallel 5 -timeout 10m

test-long: ## what takes too long for make test: 3500 more seeds, ten minutes of histories under deaths on each engine
	@mkdir -p bin && : >$(VIRGA_TALLY)
	@$(GO) test ./internal/e2e/sim -timeout 60m -run TestSimulation -first 501 -seeds 3500
	@sed 's/^/faults: /' $(VIRGA_TALLY)
	@VIRGA_HISTORY=10m $(GO) test -count=1 -timeout 40m -run TestHistories -v ./internal/e2e

# Parts of `make test`; each test is in one of them. More packages at a time
# than processors, and tests, because those with machines and networks mostly wait.
unit:
	@$(GO) test -p 3 -parallel 4 -timeout 20m $$($(GO) list ./... | grep -vxF "$$($(GO) list $(RACE))")
	@$(GO) -C tools test -count=1 ./... # what lies outside of its module is no reason for go to ask anew

# A failing seed is printed with the command that replays it. As many as fit into
# eight minutes of two processors; test-long plays those behind them.
sim:
	@$(GO) test ./internal/e2e/sim -timeout 20m -run TestSimulation -seeds 500
	@$(RACETEST) ./internal/e2e/sim -run TestSimulation -seeds 50

race:
	@$(RACETEST) $(RACE)

lint: ## format, linters, dead code (PKG=./internal/hub: that package alone)
	@"$$(scripts/tool golangci-lint)" run $(PKG)
ifeq ($(PKG),./...)
	@scripts/deadcode
endif

lint-changed: ## linters on the packages that differ from main
	@scripts/changed | xargs -r "$$(scripts/tool golangci-lint)" run

fmt: ## format all Go (PKG=./cmd/...: that part)
	@"$$(scripts/tool golangci-lint)" fmt $(PKG)

gen: ## generated files anew: client, operations, docs/coverage.md, docs/explain/model.md
	@$(GO) -C tools run ./gen
	@$(GO) test ./internal/gen -run IsCurrent -update >/dev/null

check: ## fail when a generated file is not current
	@$(GO) -C tools run ./gen -check
	@$(GO) test ./internal/gen -run IsCurrent

bench: ## numbers of this machine
	@scripts/packages run image test
	@scripts/bench

fuzz: ## N rounds of every fuzz test (N=10000)
	@scripts/packages run image test
	@scripts/fuzz $(N)

mutants: ## small faults put in one by one, and which test noticed each (goes on where it was ended)
	@scripts/packages run image test
	@cd tools && $(GO) run ./mutants $(if $(RUN),-run '$(RUN)') $(MUTANTS)

clean: ## remove what was built here (installations and images stay)
	@rm -rf bin
