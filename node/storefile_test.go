package node

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// storeFile returns a file of a state and some writes, and where its blocks begin and the file ends.
func storeFile(state []byte, writes ...[][]byte) (file []byte, begins []int64) {
	file = []byte(storeMagic)
	if state != nil {
		begins = append(begins, int64(len(file)))
		file = appendBlock(file, int64(len(file)), stateBlock, state)
	}
	for _, records := range writes {
		var payload []byte
		for _, r := range records {
			payload = appendRecord(payload, r)
		}
		begins = append(begins, int64(len(file)))
		file = appendBlock(file, int64(len(file)), recordBlock, payload)
	}
	return file, append(begins, int64(len(file)))
}

func rows(texts ...string) [][]byte {
	var all [][]byte
	for _, t := range texts {
		all = append(all, []byte(t))
	}
	return all
}

func TestStoreFile(t *testing.T) {
	file, begins := storeFile([]byte("state"), rows("a", "", "b"), rows("c"))
	state, records, size, err := parseStore(file)
	require.NoError(t, err)
	require.Equal(t, "state", string(state))
	require.Equal(t, rows("a", "", "b", "c"), records)
	require.EqualValues(t, len(file), size)
	require.Equal(t, begins[len(begins)-1], size)

	state, records, size, err = parseStore(nil)
	require.NoError(t, err)
	require.Nil(t, state)
	require.Empty(t, records)
	require.Zero(t, size)
}

// A write that was cut short is cut off, wherever that happened, also if the file became longer before it was written.
func TestTornTail(t *testing.T) {
	file, begins := storeFile([]byte("state"), rows("a", "b"), rows("c"), rows("ddd", "e"))
	whole := []int{0, 0, 2, 3}
	for cut := int(begins[0]); cut < len(file); cut++ {
		for _, zeros := range []int{0, 1, 600} {
			blocks := 0
			for begins[blocks+1] <= int64(cut) {
				blocks++
			}
			_, records, size, err := parseStore(append(bytes.Clone(file[:cut]), make([]byte, zeros)...))
			require.NoError(t, err, "cut at %d", cut)
			require.Equal(t, begins[blocks], size, "cut at %d", cut)
			require.Len(t, records, whole[blocks])
		}
	}
}

// No bit of a file can flip unnoticed, not even in the last block: somebody may rely on it.
func TestFlippedBit(t *testing.T) {
	file, begins := storeFile([]byte("state"), rows("a", "b"), rows("c"), rows("ddd", "e"))
	for bit := range 8 * len(file) {
		damaged := bytes.Clone(file)
		damaged[bit/8] ^= 1 << (bit % 8)
		_, _, _, err := parseStore(damaged)
		var damage *DamageError
		require.ErrorAs(t, err, &damage, "bit %d of byte %d", bit%8, bit/8)
		at := int64(0)
		for _, b := range begins[:len(begins)-1] {
			if int64(bit/8) >= b {
				at = b
			}
		}
		require.Equal(t, at, damage.Offset, "the block in which it is")
	}
}

// Blocks in other places, in another order or of another kind are damage.
func TestMisplacedBlock(t *testing.T) {
	file, begins := storeFile(nil, rows("a"), rows("b"), rows("c"))
	a, b := file[begins[0]:begins[1]], file[begins[1]:begins[2]]
	swapped := bytes.Join([][]byte{file[:begins[0]], b, a, file[begins[2]:]}, nil)
	_, _, _, err := parseStore(swapped)
	require.ErrorContains(t, err, fmt.Sprintf("damaged at byte %d", begins[0]))

	for _, kind := range []byte{0, stateBlock, 9} {
		twice := appendBlock(bytes.Clone(file), int64(len(file)), kind, []byte("x"))
		_, _, _, err = parseStore(twice)
		require.ErrorContains(t, err, fmt.Sprintf("a block of kind %d does not belong there", kind))
	}
	long := appendBlock([]byte(storeMagic), int64(len(storeMagic)), recordBlock, []byte{200, 1, 'x'})
	_, _, _, err = parseStore(long)
	require.ErrorContains(t, err, "a record is longer than its block")
	_, _, _, err = parseStore([]byte("something else entirely, without zeros at its end"))
	require.ErrorContains(t, err, "does not begin as a store does")
}

// Whatever was written comes back, and what a write left that was cut short never adds anything.
func TestStoreFileRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		records := rapid.SliceOfN(rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 0, 40), 1, 4), 0, 5).Draw(t, "writes")
		var state []byte
		if rapid.Bool().Draw(t, "has a state") {
			state = rapid.SliceOfN(rapid.Byte(), 1, 40).Draw(t, "state")
		}
		file, begins := storeFile(state, records...)
		cut := rapid.IntRange(int(begins[0]), len(file)).Draw(t, "cut")
		got, back, size, err := parseStore(file[:cut])
		require.NoError(t, err)
		require.LessOrEqual(t, size, int64(cut))
		if got != nil {
			require.Equal(t, state, got)
		}
		i := 0
		for _, write := range records {
			for _, r := range write {
				if i < len(back) {
					require.True(t, bytes.Equal(r, back[i]))
				}
				i++
			}
		}
		require.LessOrEqual(t, len(back), i)
	})
}

func FuzzParseStore(f *testing.F) {
	file, begins := storeFile([]byte("state"), rows("a", "b"), rows("c"))
	f.Add(file)
	f.Add(file[:begins[2]-1])
	f.Add([]byte(storeMagic[:4]))
	f.Fuzz(func(t *testing.T, file []byte) {
		state, records, size, err := parseStore(file)
		if err != nil {
			return
		}
		require.LessOrEqual(t, size, int64(len(file)))
		again, same, end, err := parseStore(file[:size])
		require.NoError(t, err)
		require.Equal(t, size, end)
		require.Equal(t, state, again)
		require.Equal(t, records, same)
	})
}
