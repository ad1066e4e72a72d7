package storelibs

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// records returns the records from one number to another, of about 60 bytes.
func records(from, to int) (all [][]byte) {
	for i := from; i < to; i++ {
		all = append(all, fmt.Appendf(nil, `{"key":"k%d","value":%d,"text":"a record as a node writes it"}`, i%7, i))
	}
	return all
}

// Every kind gives back what it was given.
func TestKinds(t *testing.T) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			dir := t.TempDir()
			for life := range 3 {
				l, err := k.open(dir)
				require.NoError(t, err)
				got, err := l.read()
				require.NoError(t, err)
				require.Equal(t, records(0, 5*life), got)
				require.NoError(t, l.append(records(5*life, 5*life+1)...))
				require.NoError(t, l.append(records(5*life+1, 5*life+5)...))
				require.NoError(t, l.close())
			}
		})
	}
}

// An image is the content of a directory: each file without the zeros at its end, and its size.
type image map[string]content

type content struct {
	data []byte
	size int64
}

func take(t *testing.T, dir string) image {
	t.Helper()
	all := image{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path) // both are below dir
		all[name] = content{bytes.TrimRight(data, "\x00"), int64(len(data))}
		return err
	}))
	return all
}

func (i image) put(t *testing.T, dir string) {
	t.Helper()
	for name, c := range i {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, c.data, 0o600))
		require.NoError(t, os.Truncate(path, c.size))
	}
}

// A verdict says what a kind has made of damaged files.
type verdict string

const (
	whole   verdict = "all records"
	without verdict = "all but the last write"
	part    verdict = "a part of the last write"
	refused verdict = "refused"
	wrong   verdict = "other records, without an error"
	panics  verdict = "panic"
)

// judge opens the kind on files. The first n records were promised; all have come before a write that was cut short.
func judge(t *testing.T, k kind, files image, n, all int) (v verdict) {
	t.Helper()
	dir := t.TempDir()
	files.put(t, dir)
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if recover() != nil {
			v = panics
		}
	}()
	l, err := k.open(dir)
	if err != nil {
		return refused
	}
	defer func() { _ = l.close() }()
	got, err := l.read()
	switch {
	case err != nil:
		return refused
	case slices.EqualFunc(got, records(0, all), bytes.Equal):
		return whole
	case slices.EqualFunc(got, records(0, n), bytes.Equal):
		return without
	}
	if len(got) > n && len(got) < all && slices.EqualFunc(got, records(0, len(got)), bytes.Equal) {
		return part
	}
	return wrong
}

const (
	early  = 20 // records before the last write
	last   = 40 // records in it
	tries  = 300
	sector = 512 // bytes
)

// written returns the files before the last write, and after it.
func written(t *testing.T, k kind) (before, after image) {
	t.Helper()
	dir := t.TempDir()
	l, err := k.open(dir)
	require.NoError(t, err)
	_, err = l.read()
	require.NoError(t, err)
	for i := range early {
		require.NoError(t, l.append(records(i, i+1)...))
	}
	before = take(t, dir)
	require.NoError(t, l.append(records(early, early+last)...))
	after = take(t, dir)
	require.NoError(t, l.close())
	return before, after
}

// evenly returns at most so many numbers below n, evenly spread.
func evenly(n int) (all []int) {
	for i := range min(n, tries) {
		all = append(all, i*n/min(n, tries))
	}
	return all
}

// A flipped bit may be anywhere in the files, also in what was promised last.
func TestFlippedBit(t *testing.T) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			_, files := written(t, k)
			count := map[verdict]int{}
			for _, name := range slices.Sorted(maps.Keys(files)) {
				data := files[name].data
				for _, at := range evenly(len(data)) {
					damaged := maps.Clone(files)
					flipped := bytes.Clone(data)
					flipped[at] ^= 1 << (at % 8)
					damaged[name] = content{flipped, files[name].size}
					count[judge(t, k, damaged, early, early+last)]++
				}
			}
			t.Log(count)
			if k.name == "node.Store" {
				require.Equal(t, []verdict{refused}, slices.Collect(maps.Keys(count)))
			} else {
				require.NotEmpty(t, count)
			}
		})
	}
}

// A loss of power leaves some first bytes of what a write has changed: any number of them, or whole sectors of the disk.
func TestTornWrite(t *testing.T) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			before, after := written(t, k)
			count, inSectors := map[verdict]int{}, map[verdict]int{}
			for _, name := range slices.Sorted(maps.Keys(after)) {
				changed := changes(before[name], after[name], k.late)
				try := func(n int) verdict {
					damaged := maps.Clone(before)
					damaged[name] = torn(before[name], after[name], changed[:n])
					return judge(t, k, damaged, early, early+last)
				}
				for _, n := range evenly(len(changed)) {
					count[try(n)]++
				}
				for n := 1; n < len(changed); n++ {
					if changed[n]/sector != changed[n-1]/sector {
						inSectors[try(n)]++
					}
				}
			}
			t.Log("bytes:", count, "sectors:", inSectors)
			if k.name == "node.Store" {
				require.Equal(t, []verdict{without}, slices.Collect(maps.Keys(count)))
			} else {
				require.NotEmpty(t, count)
			}
		})
	}
}

// changes returns where a write has changed a file, in the order in which that reaches the disk.
func changes(before, after content, late int) (at []int) {
	var then []int
	for i, b := range after.data {
		switch {
		case i < len(before.data) && before.data[i] == b:
		case i < late:
			then = append(then, i)
		default:
			at = append(at, i)
		}
	}
	return append(at, then...)
}

// torn returns the file with some of the changes.
func torn(before, after content, changed []int) content {
	c := content{bytes.Clone(before.data), before.size}
	for _, at := range changed {
		for len(c.data) <= at {
			c.data = append(c.data, 0)
		}
		c.data[at] = after.data[at]
	}
	c.size = max(c.size, int64(len(c.data)))
	return c
}
