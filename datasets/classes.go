package datasets

import (
	"slices"
	"strings"
)

// Names as the files that come with each set spell them; their order is that of the labels.
var (
	cifar10Classes = strings.Fields("airplane automobile bird cat deer dog frog horse ship truck")
	fashionClasses = []string{"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"}
)

// cifar100Tree is each superclass of CIFAR-100 with its five classes.
var cifar100Tree = [20][6]string{
	{"aquatic_mammals", "beaver", "dolphin", "otter", "seal", "whale"},
	{"fish", "aquarium_fish", "flatfish", "ray", "shark", "trout"},
	{"flowers", "orchid", "poppy", "rose", "sunflower", "tulip"},
	{"food_containers", "bottle", "bowl", "can", "cup", "plate"},
	{"fruit_and_vegetables", "apple", "mushroom", "orange", "pear", "sweet_pepper"},
	{"household_electrical_devices", "clock", "keyboard", "lamp", "telephone", "television"},
	{"household_furniture", "bed", "chair", "couch", "table", "wardrobe"},
	{"insects", "bee", "beetle", "butterfly", "caterpillar", "cockroach"},
	{"large_carnivores", "bear", "leopard", "lion", "tiger", "wolf"},
	{"large_man-made_outdoor_things", "bridge", "castle", "house", "road", "skyscraper"},
	{"large_natural_outdoor_scenes", "cloud", "forest", "mountain", "plain", "sea"},
	{"large_omnivores_and_herbivores", "camel", "cattle", "chimpanzee", "elephant", "kangaroo"},
	{"medium_mammals", "fox", "porcupine", "possum", "raccoon", "skunk"},
	{"non-insect_invertebrates", "crab", "lobster", "snail", "spider", "worm"},
	{"people", "baby", "boy", "girl", "man", "woman"},
	{"reptiles", "crocodile", "dinosaur", "lizard", "snake", "turtle"},
	{"small_mammals", "hamster", "mouse", "rabbit", "shrew", "squirrel"},
	{"trees", "maple_tree", "oak_tree", "palm_tree", "pine_tree", "willow_tree"},
	{"vehicles_1", "bicycle", "bus", "motorcycle", "pickup_truck", "train"},
	{"vehicles_2", "lawn_mower", "rocket", "streetcar", "tank", "tractor"},
}

// cifar100Fine are the 100 classes, cifar100Coarse the 20 superclasses, both in the order of the labels, which is
// that of the alphabet; cifar100Parent is the superclass of each class.
var cifar100Fine, cifar100Coarse, cifar100Parent = func() (fine, coarse []string, parent []int) {
	for _, row := range cifar100Tree {
		coarse = append(coarse, row[0])
		fine = append(fine, row[1:]...)
	}
	slices.Sort(fine)
	parent = make([]int, len(fine))
	for s, row := range cifar100Tree {
		for _, name := range row[1:] {
			parent[slices.Index(fine, name)] = s
		}
	}
	return fine, coarse, parent
}()
