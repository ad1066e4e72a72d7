package main

import "errors"

// A durability says where an add must be before it is acknowledged. It is the value of the flag -durable.
type durability string

const (
	inMemory durability = ""       // nowhere else; seq-kv is told later
	inSeqKV  durability = "seq-kv" // in seq-kv, so that the add survives its node, and the node's disk
	onDisk   durability = "disk"   // on the node's disk, so that the add survives a kill of all nodes at once
)

// Set implements flag.Value. The flag without a value stands for seq-kv, which needs no directory.
func (d *durability) Set(s string) error {
	switch s {
	case "true":
		*d = inSeqKV
	case "false":
		*d = inMemory
	case string(inSeqKV), string(onDisk):
		*d = durability(s)
	default:
		return errors.New("want seq-kv or disk")
	}
	return nil
}

// String implements flag.Value.
func (d *durability) String() string { return string(*d) }

// IsBoolFlag allows the flag to have no value.
func (d *durability) IsBoolFlag() bool { return true }
