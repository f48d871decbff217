package augment_test

import (
	"fmt"

	"github.com/hardneg/hardneg/lib/augment"
	"github.com/hardneg/hardneg/lib/stream"
)

// The two views of image 5 in the first epoch of a run with seed 1, drawn and then applied.
func ExampleConfig_Apply() {
	c := augment.MoCoV2(32)
	img := make([]uint8, 48*64*3) // a black image of 48 x 64 px

	r := stream.New(1, stream.View, 0, 5)
	var scratch augment.Scratch
	for range 2 {
		p := c.Draw(48, 64, r)
		view := make([]float32, 3*32*32)
		c.Apply(view, img, 48, 64, p, &scratch)
		fmt.Println(p)
	}
	// Output:
	// crop 55x43 at (3, 1), contrast x0.98, brightness x0.67, hue -0.022, saturation x0.87, blur sigma 1.23
	// crop 38x30 at (5, 8), flip
}
