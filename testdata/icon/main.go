// Command icon draws the app's icons into app/static: the sign for replay with a
// rising score in it, in the four sizes and colours that Splunk asks for.
//
//	go run ./testdata/icon           writes them
//	go run ./testdata/icon -check    fails when they are not what it would write
package main

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
)

// icon is one file: its size in pixels, and whether it lies on a light ground.
type icon struct {
	name string
	size int
	alt  bool
}

var icons = []icon{
	{"appIcon.png", 36, false},
	{"appIcon_2x.png", 72, false},
	{"appIconAlt.png", 36, true},
	{"appIconAlt_2x.png", 72, true},
}

var (
	blue  = color.NRGBA{0x1d, 0x4e, 0x89, 0xff}
	white = color.NRGBA{0xff, 0xff, 0xff, 0xff}
	amber = color.NRGBA{0xf7, 0x9d, 0x1e, 0xff}
)

func main() {
	check := flag.Bool("check", false, "write nothing, fail when a file is stale")
	dir := flag.String("dir", filepath.Join("app", "static"), "folder of the icons")
	flag.Parse()
	for _, i := range icons {
		if err := i.write(*dir, *check); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

func (i icon) write(dir string, check bool) error {
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, i.draw()); err != nil {
		return err
	}
	path := filepath.Join(dir, i.name)
	if check {
		old, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(old, b.Bytes()) {
			return fmt.Errorf("%s is stale: go run ./testdata/icon", path)
		}
		return nil
	}
	return os.WriteFile(path, b.Bytes(), 0o644)
}

// draw paints with sixteen samples a pixel.
func (i icon) draw() image.Image {
	const samples = 4
	out := image.NewNRGBA(image.Rect(0, 0, i.size, i.size))
	for y := range i.size {
		for x := range i.size {
			var r, g, b, a float64
			for s := range samples * samples {
				px := (float64(x) + (float64(s%samples)+0.5)/samples) / float64(i.size)
				py := (float64(y) + (float64(s/samples)+0.5)/samples) / float64(i.size)
				c := i.at(px, py)
				weight := float64(c.A) / 255
				r, g, b, a = r+float64(c.R)*weight, g+float64(c.G)*weight, b+float64(c.B)*weight, a+weight
			}
			if a > 0 {
				out.SetNRGBA(x, y, color.NRGBA{uint8(r/a + 0.5), uint8(g/a + 0.5), uint8(b/a + 0.5), uint8(a/(samples*samples)*255 + 0.5)})
			}
		}
	}
	return out
}

// at is the colour of a point of the unit square.
func (i icon) at(x, y float64) color.NRGBA {
	ground, line := blue, white
	if i.alt {
		ground, line = color.NRGBA{}, blue
	}
	if !rounded(x, y, 0.03, 0.2) {
		return color.NRGBA{}
	}
	switch {
	case arrow(x, y):
		return line
	case bars(x, y):
		return amber
	}
	return ground
}

// rounded tells whether a point lies in a square with round corners.
func rounded(x, y, margin, radius float64) bool {
	dx := math.Max(math.Max(margin+radius-x, x-(1-margin-radius)), 0)
	dy := math.Max(math.Max(margin+radius-y, y-(1-margin-radius)), 0)
	return x >= margin && x <= 1-margin && y >= margin && y <= 1-margin && math.Hypot(dx, dy) <= radius
}

// arrow is a ring that is open at the upper right, with a head at its end.
func arrow(x, y float64) bool {
	dx, dy := x-0.5, y-0.52
	distance, angle := math.Hypot(dx, dy), math.Atan2(-dy, dx)
	if distance >= 0.28 && distance <= 0.37 && !(angle > 0.15 && angle < 1.25) {
		return true
	}
	return triangle(x, y, 0.61, 0.07, 0.61, 0.36, 0.83, 0.215)
}

// bars are three columns that rise.
func bars(x, y float64) bool {
	for n, height := range []float64{0.10, 0.19, 0.28} {
		left := 0.35 + 0.115*float64(n)
		if x >= left && x <= left+0.08 && y <= 0.67 && y >= 0.67-height {
			return true
		}
	}
	return false
}

func triangle(x, y, ax, ay, bx, by, cx, cy float64) bool {
	side := func(px, py, qx, qy float64) bool { return (x-qx)*(py-qy)-(px-qx)*(y-qy) < 0 }
	one, two, three := side(ax, ay, bx, by), side(bx, by, cx, cy), side(cx, cy, ax, ay)
	return one == two && two == three
}
