package moco

import (
	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/stream"
)

// With split batch normalisation a query and its positive would otherwise stand in the same split, and the encoder
// could find the positive by its split's statistics alone: so the key encoder sees the batch in a random order of
// the step's own (He et al. 2020, section 3.3, "Shuffling BN").

// KeyOrder is the order in which the key encoder will see the batch of the step that comes next: its place i takes
// image KeyOrder()[i]. nil where statistics are over the whole batch, which does not see an order.
func (m *MoCo) KeyOrder() []int {
	if m.order == nil {
		return nil
	}
	for i := range m.order {
		m.order[i] = i
	}
	r := stream.New(m.Config.Seed, stream.Shuffle, uint64(m.StepsDone))
	r.Shuffle(len(m.order), func(i, j int) { m.order[i], m.order[j] = m.order[j], m.order[i] })
	return m.order
}

// shuffle writes the views (N, 3, S, S) to m.shuffled in the step's order.
func (m *MoCo) shuffle(views []float32) {
	m.KeyOrder()
	size := len(views) / m.Config.Batch
	if len(m.shuffled) != len(views) {
		m.shuffled = make([]float32, len(views))
	}
	for i, from := range m.order {
		copy(m.shuffled[i*size:(i+1)*size], views[from*size:(from+1)*size])
	}
}

// unshuffle brings the rows of k (N, C) back into the order of the batch.
func (m *MoCo) unshuffle(k *tensor.Dense) *tensor.Dense {
	rows, dim := engine.Floats(k), k.Shape()[1]
	back := make([]float32, len(rows))
	for i, to := range m.order {
		copy(back[to*dim:(to+1)*dim], rows[i*dim:(i+1)*dim])
	}
	m.Engine.Upload(m.keys, back)
	return m.keys
}
