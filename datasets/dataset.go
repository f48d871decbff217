// Package datasets reads labelled sets of small images: CIFAR-10, CIFAR-100, Fashion-MNIST, and Taxa, a set of
// patterns whose classes form a tree and which is computed, not downloaded.
//
//	train, test, err := datasets.Open("cifar10", datasets.Options{})
//
// A set is looked for in the folder given, in HARDNEG_DATA, in the user's cache and in the system's folders, in
// this order. Nothing is downloaded unless Get is called.
package datasets

// Dataset is a set of images of one size with one label each. The order of the images is fixed. All methods may
// be called by several goroutines at once.
type Dataset interface {
	// Name says which set and which part of it: "cifar10/train".
	Name() string
	// Len is the number of images.
	Len() int
	// Size is the height and the width of each image in pixels.
	Size() (height, width int)
	// Image returns image i: (H, W, 3) uint8, row-major, R, G, B. It is shared and must not be modified.
	Image(i int) ([]uint8, error)
	// Label is the class of image i, 0 <= Label < len(Classes()).
	Label(i int) int
	// Classes are the names of the classes.
	Classes() []string
	// ID is the identity of image i: its index in the whole set, which Subset and Resize keep.
	ID(i int) int
	// Sum is the sha256, in hexadecimal, of the data that was read: of the bytes of the files, decompressed, in the
	// order of reading; of pixels and labels for a set that was computed. Subset and Resize keep it.
	Sum() string
}

// Level is one way to label the images of a set whose classes form a tree.
type Level struct {
	Name    string   // "superclass"
	Classes []string // names of the level's classes
	Labels  []int    // (N) label of each image
}

// Levels returns the labels of d at each level of its tree of classes, the coarsest first; the last level is the
// finest. CIFAR-100 has "superclass" and "class" however it was opened, Taxa has four levels. A set without a
// tree has the one level "class".
func Levels(d Dataset) []Level {
	if l, ok := d.(interface{ levels() []Level }); ok {
		if levels := l.levels(); levels != nil {
			return levels
		}
	}
	return []Level{{Name: "class", Classes: d.Classes(), Labels: labelsOf(d)}}
}

func labelsOf(d Dataset) []int {
	labels := make([]int, d.Len())
	for i := range labels {
		labels[i] = d.Label(i)
	}
	return labels
}
