package moco

import (
	"fmt"
	"slices"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/safetensors"
)

// Names of a state's tensors. Those of weights follow their prefix: "query.conv1.weight", "key.bn1.running_mean".
const (
	queryPrefix   = "query."
	keyPrefix     = "key."
	velocityName  = "velocity"       // (P): SGD's, in the order of QueryWeights.Flat
	queueKeys     = "queue.keys"     // (K, C)
	queueID       = "queue.id"       // (K)
	queueLabel    = "queue.label"    // (K)
	queueAge      = "queue.age"      // (K)
	queuePosition = "queue.position" // (2): the slot that is written next, and how many hold a real key
	stepName      = "step"           // (1): steps done
)

// State is a copy of all that a step changes: both encoders with their running statistics, SGD's velocity, the queue,
// and the number of steps done. Nothing else is needed to go on: every random stream is named by the seed and by the
// step, the epoch or the image (package stream), so the number of steps is the position of all of them.
func (m *MoCo) State() []safetensors.Tensor {
	q := m.Queue
	t := append(m.QueryWeights.Prefixed(queryPrefix), m.KeyWeights.Prefixed(keyPrefix)...)
	return append(t,
		safetensors.Tensor{Name: velocityName, Shape: m.Optimiser.V.Shape().Clone(), Data: engine.Floats(m.Optimiser.V)},
		safetensors.Tensor{Name: queueKeys, Shape: q.Keys.Shape().Clone(), Data: engine.Floats(q.Keys)},
		integers(queueID, q.ID), integers(queueLabel, q.Label), integers(queueAge, q.Age),
		integers(queuePosition, []int{q.next, q.known}), integers(stepName, []int{m.StepsDone}))
}

// SetState takes over what State gave for the same Config, on the same engine or another; m then takes the steps that
// the run which the state is of would have taken, with the same bits where the engine is the same. On an error, which
// names the tensor, m is as it was.
func (m *MoCo) SetState(f *safetensors.File) error {
	q := m.Queue
	velocity, err := floats(f, velocityName, m.Optimiser.V.Shape())
	if err != nil {
		return err
	}
	keys, err := floats(f, queueKeys, q.Keys.Shape())
	if err != nil {
		return err
	}
	var id, label, age, position, step []int
	for _, n := range []struct {
		name     string
		to       *[]int
		length   int
		low, top int // of its values
	}{
		{queueID, &id, q.Len(), Unknown, maxCount},
		{queueLabel, &label, q.Len(), Unknown, maxCount},
		{queueAge, &age, q.Len(), 0, maxCount},
		{queuePosition, &position, 2, 0, q.Len()},
		{stepName, &step, 1, 0, m.Config.Steps},
	} {
		if *n.to, err = numbers(f, n.name, n.length, n.low, n.top); err != nil {
			return err
		}
	}
	if position[0] == q.Len() {
		return fmt.Errorf("tensor %q: the next slot is %d of %d", queuePosition, position[0], q.Len())
	}
	if want := len(m.QueryWeights.Tensors()) + len(m.KeyWeights.Tensors()) + 7; len(f.Tensors) != want {
		return fmt.Errorf("%d tensors, want %d", len(f.Tensors), want)
	}
	key := m.KeyWeights.Clone(nil) // tried first, so that an error leaves m as it was
	if err := key.Restore(f, keyPrefix); err != nil {
		return err
	}
	if err := m.QueryWeights.Restore(f, queryPrefix); err != nil {
		return err
	}
	m.KeyWeights.CopyFrom(key)
	m.Engine.Upload(m.Optimiser.V, velocity)
	m.Engine.Upload(q.arena, keys)
	copy(q.ID, id)
	copy(q.Label, label)
	copy(q.Age, age)
	q.next, q.known, m.StepsDone = position[0], position[1], step[0]
	return nil
}

// maxCount bounds what an id, a label or an age can be: they are ints on every platform.
const maxCount = 1<<31 - 1

func integers(name string, v []int) safetensors.Tensor {
	out := make([]int64, len(v))
	for i, x := range v {
		out[i] = int64(x)
	}
	return safetensors.Tensor{Name: name, Shape: []int{len(v)}, Data: out}
}

// floats are the values of the tensor called name, which must be of that shape.
func floats(f *safetensors.File, name string, shape []int) ([]float32, error) {
	v, err := f.Float32(name)
	if err != nil {
		return nil, err
	}
	if t, _ := f.Get(name); !slices.Equal(t.Shape, shape) {
		return nil, fmt.Errorf("tensor %q has shape %v, want %v", name, t.Shape, shape)
	}
	return v, nil
}

// numbers are the n integers of the tensor called name, each at least low and at most top.
func numbers(f *safetensors.File, name string, n, low, top int) ([]int, error) {
	v, err := f.Int64(name)
	if err != nil {
		return nil, err
	}
	if t, _ := f.Get(name); !slices.Equal(t.Shape, []int{n}) {
		return nil, fmt.Errorf("tensor %q has shape %v, want [%d]", name, t.Shape, n)
	}
	out := make([]int, n)
	for i, x := range v {
		if x < int64(low) || x > int64(top) {
			return nil, fmt.Errorf("tensor %q: element %d is %d, want %d to %d", name, i, x, low, top)
		}
		out[i] = int(x)
	}
	return out, nil
}
