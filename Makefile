# Everything here needs Go, make and git alone, but for `race` and `check`, which
# need a C compiler, as Go's race detector does.

GO       ?= go
TOOLS    := $(GO) tool -modfile=.ci/tools.mod
LDFLAGS  := -s -w -buildid=
BUILD    := CGO_ENABLED=0 $(GO) build -trimpath -buildvcs=false -ldflags "$(LDFLAGS)"
FUZZTIME ?= 20s
SOAKTIME ?= 5m
PLATFORMS ?= linux-amd64 linux-arm64 windows-amd64 darwin-arm64
NOW      := 2026-01-15T12:20:00Z
DATASETS := testdata/datasets/T1574.011 testdata/datasets/T1218.009

# Random comparisons draw the same numbers each time here, so that a run says the
# same twice; make soak draws others, and more of them.
RANDOM    = $(shell grep -rl --include='*_test.go' pgregory.net/rapid src | xargs -n1 dirname | sort -u | sed 's|^|riskreplay/|')
REST      = $(filter-out $(RANDOM),$(shell $(GO) list ./...))
SAME     := -rapid.seed=20260115
# A slow machine that has other work too is no failure.
PATIENT  := -timeout 40m

.DEFAULT_GOAL := help
.PHONY: help build test race fuzz bench lint generate check soak demo programs package install clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build bin/riskreplay, bin/riskscore and bin/replay
	@$(BUILD) -o bin/ ./src/cmd/...

test: ## run the tests
	@CGO_ENABLED=0 $(GO) test $(PATIENT) $(REST)
	@CGO_ENABLED=0 $(GO) test $(PATIENT) $(RANDOM) $(SAME)

race: ## run the tests with the race detector, with fewer kills of programs than test
	@RISKREPLAY_KILLS=8 CGO_ENABLED=1 $(GO) test $(PATIENT) -race $(REST)
	@RISKREPLAY_KILLS=8 CGO_ENABLED=1 $(GO) test $(PATIENT) -race $(RANDOM) $(SAME)

fuzz: ## fuzz every parser for FUZZTIME each (20s)
	@.ci/fuzz $(FUZZTIME)

bench: ## run the benchmarks of docs/performance.md
	CGO_ENABLED=0 $(GO) test -run '^$$' -bench . -benchmem ./src/...

lint: ## gofumpt, go vet, staticcheck
	@test -z "$$($(TOOLS) gofumpt -l *.go src testdata)" || { echo "not formatted (make generate formats):"; $(TOOLS) gofumpt -l *.go src testdata; exit 1; }
	$(GO) vet ./...
	$(TOOLS) staticcheck ./...

generate: build ## write default/*.conf, datasets, icons, notices and the output shown in docs, format Go
	bin/riskreplay build
	$(GO) run ./testdata/datasets/generator
	$(GO) run ./testdata/icon
	CGO_ENABLED=0 $(GO) test -count=1 -run 'TestDocs|TestReference' ./src/cli -update
	CGO_ENABLED=0 $(GO) test -count=1 -run 'Generated|Document' ./src/risk ./src/cmd/riskscore ./src/cmd/replay -update
	$(GO) test -count=1 -run 'Notices' ./src/bundle -update
	$(GO) test -count=1 -run 'Documented' ./src/knowledge -update
	$(TOOLS) gofumpt -w *.go src testdata

check: build lint race ## all that CI checks
	$(GO) test ./testdata/datasets/generator
	$(GO) run ./testdata/datasets/generator -check
	$(GO) run ./testdata/icon -check
	bin/riskreplay build --check

soak: ## long fuzzing (SOAKTIME each), long comparisons with the slow oracles, 1,000 kills of a replay, every detection of CONTENT
	@.ci/fuzz $(SOAKTIME)
	$(GO) test -count=1 -timeout 2h $(RANDOM) -rapid.checks=5000
	RISKREPLAY_KILLS=1000 $(GO) test -count=1 -timeout 2h -run TestKilled ./src/cli
	RISKREPLAY_MEGABYTES=500 $(GO) test -count=1 -timeout 1h -run '^$$' -bench PeakMemory -benchtime 1x ./src/cli
	RISKREPLAY_KILLS=1000 $(GO) test -count=1 -timeout 2h -run 'Killed' ./src/cmd/replay
	RISKREPLAY_SOAK=1 $(GO) test -count=1 -timeout 2h -run 'Killed|GoesDown' ./src/index
	RISKREPLAY_SOAK=1 $(GO) test -count=1 -timeout 2h -run SchedulerKilled ./src/cli
	RISKREPLAY_SOAK=1 $(GO) test -count=1 -timeout 1h -run '^$$' -bench ServeSearches -benchtime 300x ./src/cli
	RISKREPLAY_CONTENT=$(CONTENT) $(GO) test -count=1 -v -timeout 2h -run 'TestContent' ./src/engine

# Packages are the same bytes everywhere: they are built with the Go that go.mod
# names, which the go command fetches where it is another.
programs:
	@for p in $(PLATFORMS); do mkdir -p build/programs/$$p && \
	  GOOS=$${p%-*} GOARCH=$${p#*-} GOTOOLCHAIN=go$$($(GO) list -m -f '{{.GoVersion}}') $(BUILD) -o build/programs/$$p/ ./src/cmd/riskscore ./src/cmd/replay || exit 1; done

package: build programs ## make dist/*.spl, the app as Splunk installs it, one a platform
	@bin/riskreplay package

install: build ## unpack the app into SPLUNK_HOME
	@test -n "$(SPLUNK_HOME)" || { echo 'say which Splunk: make install SPLUNK_HOME=/opt/splunk'; exit 2; }
	@$(MAKE) -s programs PLATFORMS=$$($(GO) env GOOS)-$$($(GO) env GOARCH)
	@bin/riskreplay package --install "$(SPLUNK_HOME)"

demo: build ## replay two attack datasets, run both detections, score the risk
	@bin/riskreplay run --now $(NOW) $(DATASETS)

clean: ## remove what was built
	rm -f bin/riskreplay bin/riskscore bin/replay bin/*.exe
	rm -rf dist build/programs
	$(GO) clean -testcache
