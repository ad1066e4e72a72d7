package host

import (
	"bufio"
	"errors"
	"io"
)

// readLines calls line with each line of r, without its newline, until r ends or fails. A line of more than most bytes is not kept; tooLong gets its beginning and
// its length. What follows the last newline is not a line. Neither function may keep the text.
func readLines(r io.Reader, most int, line func([]byte), tooLong func(begin []byte, size int)) {
	in := bufio.NewReaderSize(r, 64<<10)
	var text []byte // the parts of a line that is longer than the buffer
	size := 0       // of the line so far, without its newline
	for {
		part, err := in.ReadSlice('\n')
		size += len(part)
		whole := err == nil
		if whole {
			part = part[:len(part)-1]
			size--
		}
		if whole && len(text) == 0 && size <= most {
			line(part)
		} else if len(text) <= most {
			text = append(text, part...)
		}
		switch {
		case err != nil && !errors.Is(err, bufio.ErrBufferFull):
			return
		case !whole:
			continue
		case size > most:
			tooLong(text[:min(len(text), 1<<10)], size)
		case len(text) > 0:
			line(text)
		}
		text, size = text[:0], 0
	}
}
