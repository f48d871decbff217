// Package stream makes random streams that are named, not shared: a stream is fixed by a seed and
// by what it is for, so that a run is the same for any number of workers and in any order of evaluation.
package stream

import "math/rand/v2"

// Purposes of streams: the first of the ids that follow a seed. Arms of an experiment that differ in their
// policy alone are paired, since no two purposes share a stream.
const (
	Weights  uint64 = iota + 1 // initial weights of an encoder
	Subset                     // which images of a data set are trained on
	Order                      // the order of the images in an epoch; id: epoch
	View                       // one image's two views; ids: epoch, image
	Policy                     // what a random policy draws; ids: step, query
	Shuffle                    // the shuffle of a batch of keys; id: step
	Queue                      // random keys of a queue that is not filled with real ones
	Probe                      // order and initial weights of a linear probe
	Taxa                       // images of the procedural set; ids: split, image
	Validate                   // the split of the training set on which settings are chosen
)

// New returns the stream of (seed, ids...). Equal arguments give equal streams; any other argument gives a
// stream that is independent for all practical purposes: each id passes through SplitMix64's finaliser
// (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014) into PCG's 128 bits of state.
func New(seed uint64, ids ...uint64) *rand.Rand {
	a, b := mix(seed+0x9e3779b97f4a7c15), mix(seed+0x7f4a7c159e3779b9)
	for i, id := range ids {
		a = mix(a ^ mix(id+uint64(i)*0x9e3779b97f4a7c15))
		b = mix(b + mix(id^0xd1b54a32d192ed03))
	}
	return rand.New(rand.NewPCG(a, b))
}

// mix is SplitMix64's finaliser: a bijection in which each bit of the input moves each bit of the output.
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
