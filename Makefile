# Everything a developer or CI runs. `make test` is the whole of it.

TOOL := go tool -modfile=internal/tools/go.mod
FUZZTIME ?= 10000x
# Races are looked for everywhere but in SQLite, which is C turned into Go, and
# in ciphers: to watch all that they read takes five times as long.
RACE := -race -gcflags='modernc.org/...=-race=false' -gcflags='golang.org/x/crypto/...=-race=false'
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

.PHONY: build test check generate bench fuzz lint prerequisites cross

build: ## the static binary ./intendant
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o intendant .

test: prerequisites check lint cross ## all that must pass
	go test $(RACE) -timeout 60m ./...
	$(MAKE) fuzz

prerequisites: ## installs what is missing, or says what to install
	@./scripts/prerequisites

check: ## generated code is what its sources give
	@before=$$(cat db/*.sql.go | sha256sum); $(TOOL) sqlc generate; \
	after=$$(cat db/*.sql.go | sha256sum); \
	[ "$$before" = "$$after" ] || { echo 'db/*.sql.go were stale: commit what make generate wrote' >&2; exit 1; }

generate: ## queries/*.sql to db/*.sql.go
	$(TOOL) sqlc generate

lint: ## format, vet, staticcheck
	@unformatted=$$($(TOOL) gofumpt -l $$(git ls-files '*.go' | grep -v '\.sql\.go$$')); \
	[ -z "$$unformatted" ] || { echo "not formatted: $$unformatted" >&2; exit 1; }
	go vet ./...
	$(TOOL) staticcheck ./...

cross: ## it builds without cgo, here and for arm64
	CGO_ENABLED=0 go build -o /dev/null .
	CGO_ENABLED=0 GOARCH=arm64 go build -o /dev/null .

bench: ## benchmarks
	go test -run '^$$' -bench . -benchmem ./...

fuzz: ## each fuzz target for FUZZTIME
	./scripts/fuzz $(FUZZTIME)
