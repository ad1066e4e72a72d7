package report

import (
	"io/fs"
	"os"
	"slices"
	"strings"
)

const (
	maxPictures    = 16
	maxPictureSize = 256 << 10
)

// A drawing is a picture by the checker, an SVG. The page shows it as an image, which runs no scripts and loads nothing,
// whoever wrote the file.
type drawing struct {
	Name string `json:"name"`
	SVG  string `json:"svg"`
}

// readPictures reads the pictures of transaction cycles.
func (r *contents) readPictures(dir *os.Root) {
	names, _ := fs.Glob(dir.FS(), "cycle-*.svg") // the pattern is valid
	slices.Sort(names)
	for i, name := range names {
		if i == maxPictures {
			r.note("%d more pictures of cycles are beside this page.", len(names)-i)
			return
		}
		text, cut, err := readEnd(dir, name, maxPictureSize)
		switch {
		case err != nil:
			r.missing(name, err, "it is not shown")
		case cut:
			r.note("%s is larger than %d KiB, and not shown.", name, maxPictureSize>>10)
		default:
			r.pictures = append(r.pictures, drawing{name, strings.ToValidUTF8(text, "\uFFFD")})
		}
	}
}
