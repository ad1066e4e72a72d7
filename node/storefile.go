package node

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
)

// The file of a Store:
//
//	magic   block   block   block …          one block for each write
//
//	block:  length  kind  sum of these and of the offset   payload   sum of the payload   end
//	        4       1     4                                length    4                    1    bytes
//
// Numbers are little-endian; sums are CRC-32C (Castagnoli). With the offset in it, a sum also tells that a block is in its place. The
// payload of a block of records is the length of each, as a varint, and the record. A state stands for everything before it, and is the
// first block of its file.
const (
	storeMagic = "glomers store 1\n"
	headerSize = 9
	blockEnd   = 0xa5           // not 0: a file that ends in zeros was never written to its end
	blockSize  = headerSize + 5 // without the payload
)

// The kinds of blocks.
const (
	stateBlock  = 1
	recordBlock = 2
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func headerSum(header []byte, offset int64) uint32 {
	return crc32.Update(crc32.Checksum(header[:5], castagnoli), castagnoli, binary.LittleEndian.AppendUint64(nil, uint64(offset)))
}

// appendBlock appends a block that begins at the offset of the file.
func appendBlock(b []byte, offset int64, kind byte, payload []byte) []byte {
	begin := len(b)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(payload)))
	b = append(b, kind)
	b = binary.LittleEndian.AppendUint32(b, headerSum(b[begin:], offset))
	b = append(b, payload...)
	b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(payload, castagnoli))
	return append(b, blockEnd)
}

// appendRecord appends a record to the payload of a block.
func appendRecord(payload, record []byte) []byte {
	return append(binary.AppendUvarint(payload, uint64(len(record))), record...)
}

// A DamageError says where the file of a Store is not what was written. What the node has promised may be in what is lost, so nothing of
// the file is used.
type DamageError struct {
	Offset int64 // of the block that is damaged, in bytes
	What   string
}

func (e *DamageError) Error() string {
	return fmt.Sprintf("node: the store is damaged at byte %d: %s", e.Offset, e.What)
}

// parseStore returns what a file has: the state, or nil, and the records after it; they share memory with the file. size is where
// the next block goes: what comes after it is the torn tail of a write that was cut short.
func parseStore(file []byte) (state []byte, records [][]byte, size int64, err error) {
	if len(file) == 0 {
		return nil, nil, 0, nil
	}
	if !bytes.HasPrefix(file, []byte(storeMagic)) {
		return nil, nil, 0, &DamageError{0, "it does not begin as a store does"}
	}
	size = int64(len(storeMagic))
	for first := true; size < int64(len(file)); first = false {
		rest := file[size:]
		payload, problem := parseBlock(rest, size)
		if problem != "" && torn(rest, size) {
			break
		}
		switch {
		case problem != "":
		case rest[4] == recordBlock:
			records, problem = parseRecords(records, payload)
		case rest[4] == stateBlock && first:
			state = payload
		default:
			problem = fmt.Sprintf("a block of kind %d does not belong there", rest[4])
		}
		if problem != "" {
			return nil, nil, 0, &DamageError{size, problem}
		}
		size += blockSize + int64(len(payload))
	}
	return state, records, size, nil
}

// parseBlock returns the payload of the block at the beginning of b, or what is wrong with it.
func parseBlock(b []byte, offset int64) (payload []byte, problem string) {
	if !isHeader(b, offset) {
		return nil, "the header of a block does not match its checksum"
	}
	end := headerSize + int64(binary.LittleEndian.Uint32(b))
	if int64(len(b)) < end+5 {
		return nil, "a block is cut short"
	}
	payload = b[headerSize:end:end]
	if sum := b[end:]; binary.LittleEndian.Uint32(sum) != crc32.Checksum(payload, castagnoli) || sum[4] != blockEnd {
		return nil, "a block does not match its checksum"
	}
	return payload, ""
}

// isHeader reports whether b begins with the header of a block at that offset.
func isHeader(b []byte, offset int64) bool {
	return len(b) >= headerSize && binary.LittleEndian.Uint32(b[5:]) == headerSum(b, offset)
}

func parseRecords(records [][]byte, payload []byte) (_ [][]byte, problem string) {
	for len(payload) > 0 {
		length, n := binary.Uvarint(payload)
		if n <= 0 || length > uint64(len(payload)-n) {
			return nil, "a record is longer than its block"
		}
		end := n + int(length)
		records = append(records, payload[n:end:end])
		payload = payload[end:]
	}
	return records, ""
}

// torn reports whether b, which begins with a block that is not whole, is what a write leaves that was cut short: the file ends before the
// block does, or was made longer and not filled. Such a block is the last one, and its write has not been reported to anybody. Everything
// else is damage, also of the last block.
func torn(b []byte, offset int64) bool {
	for i := 1; i < len(b); i++ {
		if isHeader(b[i:], offset+int64(i)) {
			return false
		}
	}
	if len(b) < headerSize || b[len(b)-1] == 0 {
		return true
	}
	return isHeader(b, offset) && int64(len(b)) < blockSize+int64(binary.LittleEndian.Uint32(b))
}
