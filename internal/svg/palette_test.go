package svg

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A light is red, green and blue, linear in energy, from 0 to 1.
type light3 [3]float64

func read(t *testing.T, colour string) (l light3) {
	t.Helper()
	var b [3]int
	_, err := fmt.Sscanf(colour, "#%02x%02x%02x", &b[0], &b[1], &b[2])
	require.NoError(t, err)
	for i, v := range b {
		c := float64(v) / 255
		l[i] = c / 12.92
		if c > 0.04045 {
			l[i] = math.Pow((c+0.055)/1.055, 2.4)
		}
	}
	return l
}

// contrast is the contrast ratio of the Web Content Accessibility Guidelines.
func contrast(a, b light3) float64 {
	luminance := func(l light3) float64 { return 0.2126*l[0] + 0.7152*l[1] + 0.0722*l[2] + 0.05 }
	return max(luminance(a), luminance(b)) / min(luminance(a), luminance(b))
}

// sights are the matrices for the colour vision of people who lack one kind of cone (Machado, Oliveira and Fernandes 2009).
var sights = map[string][3]light3{
	"all cones":   {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	"deuteranope": {{.367322, .860646, -.227968}, {.280085, .672501, .047413}, {-.011820, .042940, .968881}},
	"protanope":   {{.152286, 1.052583, -.204868}, {.114503, .786281, .099216}, {-.003882, -.048116, 1.051998}},
	"tritanope":   {{1.255528, -.076749, -.178779}, {-.078411, .930809, .147602}, {.004733, .691367, .303900}},
}

// distance is the difference of two colours for a given vision, in CIELAB (1976); a difference of 2 is just noticeable.
func distance(sight [3]light3, a, b light3) float64 {
	lab := func(l light3) (v [3]float64) {
		dot := func(row light3, l light3) float64 { return row[0]*l[0] + row[1]*l[1] + row[2]*l[2] }
		var seen light3
		for i, row := range sight {
			seen[i] = min(1, max(0, dot(row, l)))
		}
		f := func(v float64) float64 {
			if v > 0.008856 {
				return math.Cbrt(v)
			}
			return 7.787*v + 16./116
		}
		x, y, z := f(dot(light3{.4124, .3576, .1805}, seen)/.9505), f(dot(light3{.2126, .7152, .0722}, seen)), f(dot(light3{.0193, .1192, .9505}, seen)/1.089)
		return [3]float64{116*y - 16, 500 * (x - y), 200 * (y - z)}
	}
	p, q := lab(a), lab(b)
	return math.Sqrt((p[0]-q[0])*(p[0]-q[0]) + (p[1]-q[1])*(p[1]-q[1]) + (p[2]-q[2])*(p[2]-q[2]))
}

// Every kind of vision can tell the hues apart, and every colour is visible on its ground.
func TestPalette(t *testing.T) {
	all := schemes()
	require.Len(t, all, 2)
	require.Equal(t, slices.Sorted(maps.Keys(all[0])), slices.Sorted(maps.Keys(all[1])), "what is light is dark, too")
	for i, scheme := range all {
		colours := make(map[string]light3)
		for name, colour := range scheme {
			colours[name] = read(t, colour)
		}
		var hues []string
		for name, colour := range colours {
			switch name {
			case "ink", "ink-soft", "bad", "good", "doubt", "fault", "cursor":
				require.Greater(t, contrast(colour, colours["ground"]), 4.5, "%s, which text has, in scheme %d", name, i)
			case "lane", "grid", "paper", "ground":
			default:
				require.Greater(t, contrast(colour, colours["paper"]), 3., "%s in scheme %d", name, i)
			}
			if strings.HasPrefix(name, "hue-") && name != "hue-other" {
				hues = append(hues, name)
			}
		}
		require.Len(t, hues, 8)
		for who, sight := range sights {
			for k, a := range hues {
				for _, b := range hues[:k] {
					require.Greater(t, distance(sight, colours[a], colours[b]), 15., "%s and %s in scheme %d, for a %s", a, b, i, who)
				}
			}
		}
	}
	require.Equal(t, Hue(1), Hue(9))
	require.Panics(t, func() { Colour("mauve") })
}
