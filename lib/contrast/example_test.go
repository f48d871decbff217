package contrast_test

import (
	"fmt"

	"github.com/hardneg/hardneg/lib/contrast"
	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/engine/cpu"
)

// One query, its positive and a queue of four keys, all of length 1: which are kept, and what they cost.
func Example() {
	e := cpu.New()
	q := engine.From(e, []float32{1, 0}, 1, 2)
	positive := engine.From(e, []float32{0.8, 0.6}, 1, 2)
	queue := engine.From(e, []float32{0, 1, 0.6, 0.8, -1, 0, 0.6, -0.8}, 4, 2)

	s := e.New(1, 4)
	contrast.Similarities(s, q, queue) // 0, 0.6, -1, 0.6: slots 1 and 3 are equally hard

	kept := engine.NewPairs(1, 4)
	for _, band := range []contrast.Band{{Lo: 0, Hi: 100}, {Lo: 0, Hi: 25}, {Lo: 25, Hi: 100}} {
		if err := band.Keep(kept, s, nil, contrast.Known{}, contrast.Rand{}); err != nil {
			fmt.Println(err)
			return
		}
		l := contrast.InfoNCE(q, positive, queue, s, kept, 0.2)
		fmt.Printf("band %-6v keeps %v: loss %.4f\n", band, kept.Negatives(0), contrast.Mean(l.Loss))
	}
	// Output:
	// band 0-100  keeps [0 1 2 3]: loss 0.5620
	// band 0-25   keeps [1]: loss 0.3133
	// band 25-100 keeps [0 2 3]: loss 0.3267
}

func ExampleBand_Ranks() {
	fmt.Println(contrast.Band{Lo: 5, Hi: 10}.Ranks(4096))
	_, _, err := contrast.Band{Lo: 0, Hi: 0.1}.Ranks(400)
	fmt.Println(err)
	// Output:
	// 205 410 <nil>
	// band 0-0.1 keeps none of 400 negatives: the smallest larger queue that works has 500; with 400, the second border must be at least 0.125
}
