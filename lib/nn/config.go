package nn

import (
	"fmt"

	"github.com/hardneg/hardneg/lib/suggest"
)

// Config says which encoder. Its zero value is "main": four 3x3 convolutions of 48, 48, 96 and 192 channels (stride
// 2, 1, 2, 2), each with BatchNorm and ReLU, global average pool, and a head of 192-192-64; images of 16x16 pixels.
type Config struct {
	Net     string // "main" (or "") or "resnet18", the ResNet of He et al. (2016) with a 3x3 stem of stride 1, no max-pool
	Size    int    // side of the images in pixels; 0: 16 for main, 32 for resnet18
	Width   int    // channels of the stem; 0: 48 for main, 64 for resnet18
	Head    int    // linear layers of the head, 1 or 2, ReLU between; 0: 2
	Dim     int    // C, the length of an embedding; 0: 64 for main, 128 for resnet18
	Splits  int    // of BatchNorm in training: sample n belongs to split n mod Splits; 0: 1, plain BatchNorm
	Classes int    // > 0: one linear layer to as many logits instead of the head; they are not normalised
}

// nets are the names that Net may have.
var nets = []string{"main", "resnet18"}

// filled is c with its zero fields replaced by what they stand for; an error names the field that makes no sense.
func (c Config) filled() (Config, error) {
	set := func(field *int, value int) {
		if *field == 0 {
			*field = value
		}
	}
	switch c.Net {
	case "", "main":
		c.Net = "main"
		set(&c.Size, 16)
		set(&c.Width, 48)
		set(&c.Dim, 64)
	case "resnet18":
		set(&c.Size, 32)
		set(&c.Width, 64)
		set(&c.Dim, 128)
	default:
		return c, suggest.Unknown("net", c.Net, nets)
	}
	set(&c.Head, 2)
	set(&c.Splits, 1)
	for _, f := range []struct {
		name  string
		value int
	}{{"Size", c.Size}, {"Width", c.Width}, {"Dim", c.Dim}, {"Splits", c.Splits}} {
		if f.value < 1 {
			return c, fmt.Errorf("nn: %s %d: want at least 1 (0 stands for the default)", f.name, f.value)
		}
	}
	if c.Head != 1 && c.Head != 2 {
		return c, fmt.Errorf("nn: a head of %d layers: want 1 or 2", c.Head)
	}
	if c.Classes < 0 {
		return c, fmt.Errorf("nn: %d classes: want 0 (an embedding) or more", c.Classes)
	}
	return c, nil
}
