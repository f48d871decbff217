package datasets_test

import (
	"fmt"
	"strings"

	"github.com/hardneg/hardneg/datasets"
)

// Taxa needs no download. Its classes are leaves of a tree.
func Example() {
	train, test, err := datasets.Open("taxa", datasets.Options{Size: 24, Train: 540, Test: 108})
	if err != nil {
		fmt.Println(err)
		return
	}
	h, w := train.Size()
	fmt.Printf("%s: %d images of %d x %d; %s: %d\n", train.Name(), train.Len(), h, w, test.Name(), test.Len())
	for _, level := range datasets.Levels(train) {
		fmt.Printf("%d of level %s, such as %s\n", len(level.Classes), level.Name, level.Classes[len(level.Classes)/2])
	}
	// Output:
	// taxa/train: 540 images of 24 x 24; taxa/test: 108
	// 4 of level motif, such as grains
	// 12 of level arrangement, such as grains · across
	// 36 of level palette, such as grains · across · amber
	// 108 of level overlay, such as grains · across · amber · plain
}

func ExampleTaxaDepth() {
	a, b := 27, 28 // two labels of Taxa
	fmt.Println(strings.Join(datasets.TaxaPath(a), " / "))
	fmt.Println(strings.Join(datasets.TaxaPath(b), " / "))
	fmt.Println("their lowest common ancestor is at depth", datasets.TaxaDepth(a, b))
	// Output:
	// bricks / across / amber / plain
	// bricks / across / amber / discs
	// their lowest common ancestor is at depth 3
}
