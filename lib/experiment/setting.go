// Package experiment runs settings and keeps what came of them: a Setting decides a run, Run makes its Record,
// a folder of records is the result of a sweep, and every figure and table is drawn from records alone.
package experiment

// SettingVersion grows when the same Setting would train to something else than before. It is part of every hash,
// so records of two versions are never mixed.
const SettingVersion = 1

// Methods.
const (
	MoCo       = "moco"       // MoCo v2 with a policy that picks the negatives
	Untrained  = "untrained"  // the encoder as it is initialised: what a probe finds without training
	Supervised = "supervised" // the same encoder with a classifier on the labels: what the budget allows
)

// Setting is everything that decides a run. It is printed into the run's record and hashed into the record's name.
//
// The zero value works: it is the pilot's encoder "main" on Taxa with all negatives. A field that is zero takes the
// default of its data set and its net (Complete says which), so Setting{Dataset: "cifar10"} is the pilot's setting.
// Fields that a method does not use are cleared by Complete: two settings that run the same have the same hash.
//
// A field that is added later is omitted from the JSON when it is zero, and zero must mean what was done before, so
// that old hashes stay.
type Setting struct {
	Version int `json:"version"` // SettingVersion

	Dataset     string `json:"dataset"`      // a name of package datasets
	TrainImages int    `json:"train_images"` // a random subset, drawn by the seed, of the training set where that is larger
	TestImages  int    `json:"test_images"`  // the first of the test set
	Size        int    `json:"size"`         // side of the images, pixels; larger ones are averaged over areas

	Net    string `json:"net"`    // "main" of the pilot or "resnet18"
	Width  int    `json:"width"`  // channels of the first convolution
	Head   int    `json:"head"`   // layers of the projection head: 1 or 2
	Dim    int    `json:"dim"`    // of the contrastive space
	Splits int    `json:"splits"` // of batch normalisation, in place of as many GPUs

	Method      string  `json:"method"` // MoCo, Untrained or Supervised
	Epochs      int     `json:"epochs"`
	Batch       int     `json:"batch"`
	Queue       int     `json:"queue"`        // K, a multiple of the batch
	Temperature float64 `json:"temperature"`  // T
	KeyMomentum float64 `json:"key_momentum"` // m of the key encoder
	Policy      string  `json:"policy"`       // which negatives are kept: "0-100", "0-5", "random 5": contrast.ParsePolicy

	OwnImage   bool `json:"own_image"`   // true: keys of the query's own image stay among its negatives; false: masked
	NoiseQueue bool `json:"noise_queue"` // true: the queue starts as noise; false: it is filled with real keys first

	Rate     float64 `json:"rate"`     // learning rate at the first step; a cosine over all steps takes it to 0
	Momentum float64 `json:"momentum"` // of SGD
	Decay    float64 `json:"decay"`    // weight decay, on all parameters; negative: none

	Views Views `json:"views"`

	Seed uint64 `json:"seed"` // of weights, subset, order, views and policy, each with a stream of its own
}

// Views are the numbers of the augmentation. The zero value is that of MoCo on CIFAR (crop 0.2 to 1, flip, jitter
// 0.4, 0.4, 0.4, 0.1 with probability 0.8, grayscale 0.2, no blur); where any field is set, all are taken as they are.
type Views struct {
	CropMin    float64 `json:"crop_min"` // share of the area
	CropMax    float64 `json:"crop_max"`
	Flip       float64 `json:"flip"`   // probability
	Jitter     float64 `json:"jitter"` // probability
	Brightness float64 `json:"brightness"`
	Contrast   float64 `json:"contrast"`
	Saturation float64 `json:"saturation"`
	Hue        float64 `json:"hue"`      // turns
	Gray       float64 `json:"gray"`     // probability
	Blur       float64 `json:"blur"`     // probability
	BlurMin    float64 `json:"blur_min"` // sigma, pixels
	BlurMax    float64 `json:"blur_max"`
}
