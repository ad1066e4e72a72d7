package svg

import (
	_ "embed"
	"regexp"
	"strconv"
	"strings"
)

// Palette is the style sheet that gives pages the same colours as the pictures.
//
//go:embed palette.css
var Palette string

// light maps the names of colours, without the dashes, to the colours for a light ground. Pictures always have a light
// ground.
var light = schemes()[0]

var declaration = regexp.MustCompile(`--([\w-]+): (#[0-9a-f]{6});`)

// schemes returns the colours of the light scheme and those of the dark one.
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

// Colour returns the colour of the palette with the given name. It panics if the palette does not have the name.
func Colour(name string) string {
	c, ok := light[name]
	if !ok {
		panic("svg: no colour is called " + name)
	}
	return c
}

// Hue returns the colour of item i, counted from 0, among items of one kind. The eight colours repeat.
func Hue(i int) string { return Colour("hue-" + strconv.Itoa(i%8)) }
