// The replicated state machine of ../raft/rsm on the Raft library of etcd, apart from the project's own dependencies:
//	go -C examples/etcd test ./...
module glomers/examples/etcd

go 1.26.0

replace glomers => ../../

require (
	github.com/stretchr/testify v1.12.1
	glomers v0.0.0-00010101000000-000000000000
	go.etcd.io/raft/v3 v3.7.0
	google.golang.org/protobuf v1.36.11
	pgregory.net/rapid v1.3.0
)

require (
	github.com/anishathalye/porcupine v1.3.1 // indirect
	github.com/cockroachdb/datadriven v1.0.3 // indirect
	github.com/jepsen-io/maelstrom/demo/go v0.0.0-20251128144731-cb7f07239012 // indirect
	github.com/pmezard/go-difflib v1.0.0 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	golang.org/x/sys v0.30.0 // indirect
)
