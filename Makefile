# Bailiwick. `make help` lists the targets.
GO      ?= go
BIN     := bin
FUZZTIME ?= 60s
CHECKS  ?= 300
BENCH   ?= .
BENCHTIME ?= 1s

STATICCHECK := $(BIN)/staticcheck
GOFUMPT     := $(BIN)/gofumpt

.PHONY: milp orlib peers peers-test guests differential requests help test race lint ci bench fuzz rebuild fmt build clean golden cross sdk-facts opa-wasm rules-docs

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

test: ## run every test, the Rego library's included (TESTFLAGS=-json for scripts/testreport)
	$(GO) test $(TESTFLAGS) ./...

race: ## run every test under the race detector, in random order
	$(GO) test -race -short -shuffle=on -timeout 25m ./...

build: ## build the command into bin/
	$(GO) build -trimpath -o $(BIN)/bailiwick ./host/cmd/bailiwick

lint: $(STATICCHECK) $(GOFUMPT) ## vet, staticcheck, formatting, tidy go.mod (make test checks the formatting of Rego)
	$(GO) vet ./...
	$(STATICCHECK) ./...
	@out=$$($(GOFUMPT) -l $$(git ls-files '*.go')) || exit 1; if [ -n "$$out" ]; then echo "not formatted (run make fmt):"; echo "$$out"; exit 1; fi
	$(GO) mod tidy -diff
	$(GO) mod verify >/dev/null

fmt: $(GOFUMPT) ## format Go files
	$(GOFUMPT) -w $$(git ls-files '*.go')

cross: ## build for other systems, with small words and with the other byte order
	@for t in darwin/arm64 windows/amd64 linux/386 linux/s390x; do \
		echo "go build for $$t"; GOOS=$${t%/*} GOARCH=$${t#*/} $(GO) build ./... || exit 1; done

rebuild: ## check that what is generated or compiled comes out the same twice
	./scripts/rebuild-check

guests: ## build the guests whose modules are committed (a language without its compiler is left out)
	./scripts/build-guests

rules-docs: ## write the pages of the standard policies, docs/rules
	$(GO) run ./scripts/rulepages

golden: ## write the command's present output into its scripts and the README; read the diff before you keep it
	UPDATE_SCRIPTS=1 $(GO) test -count=1 -run TestScripts ./host/cmd/bailiwick
	UPDATE_SCRIPTS=1 $(GO) test -count=1 -run TestReadme ./host/cmd/bailiwick

sdk-facts: ## write down again which partitions and regions the AWS SDK lists (SDK=version, or latest)
	cd tools/awsfacts && $(GO) run . $(if $(SDK),-version $(SDK))

opa-wasm: ## write down again which of OPA's cases pass through its wasm target (a minute or two)
	cd tools/opawasm && $(GO) run .

bench: ## run the benchmarks (BENCH=pattern)
	$(GO) test -run '^$$' -bench '$(BENCH)' -benchtime $(BENCHTIME) -benchmem ./...

milp: ## measure the search beside solvers of mixed-integer programs (Debian's coinor-cbc and glpk-utils)
	$(GO) test -run '^$$' -bench BenchmarkMILP -benchtime $(BENCHTIME) -timeout 1h -v ./host/internal/solve

orlib: ## place OR-Library's p-median problems, pmed1.txt to pmed40.txt in ORLIB=directory, and compare the optima
	$(GO) test -count=1 -run TestORLibrary -timeout 2h -v ./host/internal/solve -orlib $(abspath $(ORLIB))

differential: ## judge random sites by random rules on both engines (CHECKS rounds)
	$(GO) test -count=1 -run 'TestLanesEqualReference|TestLanesOnWrittenPolicies|TestWhateverIsSureHolds' -timeout 24h ./host/internal/rego -rapid.checks=$(CHECKS)

requests: ## decide 1 000 generated requests by both engines and compare the bytes
	$(GO) test -count=1 -run 'TestRequests$$' -timeout 1h ./host -requests 1000

fuzz: ## run every fuzz target for FUZZTIME
	./scripts/fuzz-all $(FUZZTIME)

peers-test: ## check that guests answer as those of the Extism Go SDK do
	cd conformance/peers && $(GO) vet . && $(GO) test -count=1 $(TESTFLAGS) .

peers: peers-test ## measure guests beside those of the Extism Go SDK
	cd conformance/peers && $(GO) test -run '^$$' -bench . -benchtime $(BENCHTIME) .

ci: lint test peers-test race cross rebuild differential ## what continuous integration runs, but for installation and the guests

clean: ## remove what was built
	rm -rf $(BIN)

# The linters are pinned in tools/go.mod, a module of its own.
$(STATICCHECK): tools/go.mod
	cd tools && $(GO) build -o ../$@ honnef.co/go/tools/cmd/staticcheck

$(GOFUMPT): tools/go.mod
	cd tools && $(GO) build -o ../$@ mvdan.cc/gofumpt
