package virtualdisk_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/internal/virtualdisk"
	"glomers/node"
)

func TestKillLeavesPartOfAWrite(t *testing.T) {
	var d virtualdisk.Disk
	begun, ended := 0, 0
	done := func(err error) { require.NoError(t, err); ended++ }
	first := d.Begin(func() { begun++ })
	first.Replace([]byte("abc"), done)
	require.Empty(t, d.File())
	n, replace := d.Writing()
	require.Equal(t, 3, n)
	require.True(t, replace)
	d.End()
	first.Write(3, []byte("def"), done)
	d.Kill(2)
	require.Equal(t, "abcde", string(d.File()))
	first.Write(0, []byte("x"), done)
	d.End()
	require.Equal(t, []int{2, 1}, []int{begun, ended}, "after the kill nothing is written, and nobody is told")
	require.Equal(t, "abcde", string(d.File()))

	second := d.Begin(func() {})
	file, err := second.Load()
	require.NoError(t, err)
	require.Equal(t, "abcde", string(file))
	second.Write(3, []byte("DEF"), done)
	require.Equal(t, "abcde", string(d.File()))
	require.Equal(t, "abcDEF", string(d.After()))
	d.End()
	require.Equal(t, "abcDEF", string(d.File()))
	require.Equal(t, "abcDEF", string(d.After()))
	for keep, want := range map[int]string{0: "abcDEF", 1: "abcDEF"} {
		d.Begin(func() {}).Replace([]byte("new"), done)
		d.Kill(keep)
		require.Equal(t, want, string(d.File()), "a file is replaced as a whole, or not at all")
	}
	d.Begin(func() {}).Replace([]byte("new"), done)
	d.Kill(3)
	require.Equal(t, "new", string(d.File()))
}

func TestFullDisk(t *testing.T) {
	var d virtualdisk.Disk
	l := d.Begin(func() {})
	l.Replace([]byte("abc"), func(err error) { require.NoError(t, err) })
	d.End()
	d.SetFull(true)
	told := 0
	full := func(err error) { require.ErrorIs(t, err, node.ErrDiskFull); told++ }
	l.Write(3, []byte("d"), full)
	d.End()
	l.Replace([]byte("xyz"), full)
	d.End()
	require.Equal(t, 2, told)
	require.Equal(t, "abc", string(d.File()))
}

func TestFlip(t *testing.T) {
	var d virtualdisk.Disk
	_, ok := d.Flip(7)
	require.False(t, ok)
	require.Empty(t, d.File())
	l := d.Begin(func() {})
	l.Replace([]byte("ab"), func(error) {})
	d.End()
	at, ok := d.Flip(16 + 8 + 1)
	require.True(t, ok)
	require.EqualValues(t, 1, at)
	require.Equal(t, "a`", string(d.File()))
}
