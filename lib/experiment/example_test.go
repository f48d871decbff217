package experiment_test

import (
	"fmt"

	"github.com/hardneg/hardneg/lib/experiment"
)

// A setting says only what differs from the defaults of its data set.
func ExampleSetting() {
	s := experiment.Setting{Dataset: "cifar10", Policy: "0-5", Seed: 3}
	fmt.Println(s)
	fmt.Println("images", s.Complete().TrainImages, "queue", s.Complete().Queue, "temperature", s.Complete().Temperature)

	s.Queue = 1000
	fmt.Println(s.Validate())
	// Output:
	// cifar10 0-5 seed 3
	// images 10000 queue 4096 temperature 0.1
	// setting queue = 1000: K must be a multiple of the batch, 128: use 896 or 1024
}
