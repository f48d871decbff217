package moco

import (
	"fmt"

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
		safetensors.Integers(queueID, q.ID), safetensors.Integers(queueLabel, q.Label), safetensors.Integers(queueAge, q.Age),
		safetensors.Integers(queuePosition, []int{q.next, q.known}), safetensors.Integers(stepName, []int{m.StepsDone}))
}

// SetState takes over what State gave for the same Config, on the same engine or another; m then takes the steps that
// the run which the state is of would have taken, with the same bits where the engine is the same. On an error, which
// names the tensor, m is as it was.
func (m *MoCo) SetState(f *safetensors.File) error {
	q := m.Queue
	velocity, err := f.Floats(velocityName, m.Optimiser.V.Shape())
	if err != nil {
		return err
	}
	keys, err := f.Floats(queueKeys, q.Keys.Shape())
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
		if *n.to, err = f.Integers(n.name, n.length, n.low, n.top); err != nil {
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
