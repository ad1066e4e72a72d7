package svg

import (
	_ "embed"
	"regexp"
	"strconv"
	"strings"
)

// Palette is the style sheet that gives pages the colours of pictures.
//
//go:embed palette.css
var Palette string

// light has the colours by their names, without the dashes, for a light ground: pictures have one of their own.
var light = schemes()[0]

var declaration = regexp.MustCompile(`--([\w-]+): (#[0-9a-f]{6});`)

// schemes returns the colours of the light scheme, then those of the dark one.
func schemes() []map[string]string {
	var all []map[string]string
	for text := range strings.SplitSeq(Palette, "@media") {
		colours := make(map[string]string)
		for _, m := range declaration.FindAllStringSubmatch(text, -1) {
			colours[m[1]] = m[2]
		}
		all = append(all, colours)
	}
	return all
}

// Colour returns a colour of the palette by its name. It panics if there is none of that name.
func Colour(name string) string {
	c, ok := light[name]
	if !ok {
		panic("svg: no colour is called " + name)
	}
	return c
}

// Hue returns the colour of the thing i, from 0, among things of one kind; after eight the colours begin anew.
func Hue(i int) string { return Colour("hue-" + strconv.Itoa(i%8)) }
