package experiment

import "time"

// RecordFormat is the version of the record's JSON. ReadRecord reads this one and all before it.
const RecordFormat = 1

// Record is what is kept of a run: what decided it, where it ran, and what came of it. All figures and tables are
// made from records alone.
type Record struct {
	Format  int     `json:"format"`
	Hash    string  `json:"hash"` // of the setting
	Setting Setting `json:"setting"`

	// Failure is why training stopped before its end; the history then ends with the last epoch that was good, and
	// there is no result. Such a record is stored beside the finished ones, under a name of its own.
	Failure string `json:"failure,omitempty"`

	Environment Environment `json:"environment"`
	Data        Data        `json:"data"`
	History     []Epoch     `json:"history,omitempty"`
	Result      *Result     `json:"result,omitempty"`
	Negatives   *Negatives  `json:"negatives,omitempty"` // nil for a supervised encoder: it has no contrastive space
	Timings     Timings     `json:"timings"`
	Finished    time.Time   `json:"finished"` // UTC, whole seconds
}

// Environment is where a run was made. Results may differ in the last bits between engines and variants, and do
// not depend on the number of threads.
type Environment struct {
	Program string `json:"program"` // version of hardneg
	Commit  string `json:"commit"`
	Engine  string `json:"engine"`
	Variant string `json:"variant"`
	CPU     string `json:"cpu"`
	System  string `json:"system"` // "linux/amd64"
	Go      string `json:"go"`
	Threads int    `json:"threads"`
}

// Data is what was trained and tested on.
type Data struct {
	Train     Source     `json:"train"`
	Test      Source     `json:"test"`
	Classes   int        `json:"classes"`
	SameClass float64    `json:"same_class"` // share of pairs of different training images that are of one class
	Mean      [3]float32 `json:"mean"`       // by which views are normalised, of pixels in [0, 1], R, G, B
	Std       [3]float32 `json:"std"`
}

// Source is one part of a data set.
type Source struct {
	Name   string `json:"name"`
	Sum    string `json:"sha256"`
	Images int    `json:"images"`
}

// Epoch is the mean over the steps of one epoch.
type Epoch struct {
	Epoch    int     `json:"epoch"` // counted from 1
	Loss     float64 `json:"loss"`
	Positive float64 `json:"positive"` // q.k+
	Negative float64 `json:"negative"` // q.k- over all negatives, at the epoch's last step
	Rate     float64 `json:"rate"`     // at its last step
	Seconds  float64 `json:"seconds"`
}

// Result is how good the frozen encoder is: on the pooled feature of its backbone, in evaluation mode, of images
// without augmentation; the training images are the bank of the kNN and the training set of the linear probe.
type Result struct {
	KNN20  Measure `json:"knn20"`  // k 20, T 0.1, cosine
	KNN200 Measure `json:"knn200"` // k 200, T 0.1, cosine
	Linear Measure `json:"linear"` // multinomial logistic regression by full-batch L-BFGS on standardised features
}

// Measure is an accuracy and which test images were right.
type Measure struct {
	Accuracy float64 `json:"accuracy"` // 0 to 1
	Correct  Bits    `json:"correct"`  // one bit a test image
}

// Negatives describes what the final encoders see: queries of one more batch of views each against the whole queue,
// keys of the query's own image left out.
type Negatives struct {
	Queries  int       `json:"queries"`
	Slots    int       `json:"slots"`    // K
	Edges    []float64 `json:"edges"`    // of the histograms' bins, 0.005 wide, over the range that holds any pair
	All      []int     `json:"all"`      // pairs (query, negative) by similarity
	Kept     []int     `json:"kept"`     // those of them that the policy keeps
	Positive []int     `json:"positive"` // (query, positive)

	// Thresholds are the similarities of the hardest and of the easiest kept negative, means over the queries.
	Thresholds [2]float64 `json:"thresholds"`

	Bins []DifficultyBin `json:"bins"`
}

// DifficultyBin is a range of percentiles of each query's negatives, ranked as a band ranks them.
type DifficultyBin struct {
	Lo         float64 `json:"lo"`
	Hi         float64 `json:"hi"`
	Pairs      int     `json:"pairs"`
	SameClass  int     `json:"same_class"` // pairs of one class
	Error      float64 `json:"error"`      // standard error of the share of same-class pairs, over the queries
	Similarity float64 `json:"similarity"` // mean
}

// Timings are wall-clock seconds.
type Timings struct {
	Data     float64 `json:"data"` // opening, resizing, statistics
	Fill     float64 `json:"fill"` // the queue, with real keys
	Train    float64 `json:"train"`
	Evaluate float64 `json:"evaluate"`
	Images   float64 `json:"images_per_second"` // trained on

	Checkpoints float64 `json:"checkpoints,omitempty"` // the part of Train that wrote them
}
