package moco

import (
	"fmt"
	"math"

	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/stream"
)

// Unknown is the image id and the label of a slot that holds a random key.
const Unknown = -1

// Queue is MoCo's dictionary: the K newest keys, oldest replaced first, and what is known of each.
type Queue struct {
	Keys  *tensor.Dense // (K, C), rows L2-normalised
	ID    []int         // (K): the image that the key is a view of
	Label []int         // (K): its class; only oracles and descriptions may look at it
	Age   []int         // (K): steps that the key has been a negative for: 0 for the newest batch's

	arena  *tensor.Dense         // the memory of Keys
	next   int                   // the slot that is written next
	known  int                   // slots that hold a real key
	blocks map[int]*tensor.Dense // views of the arena, one for each place where a batch begins
}

// NewQueue returns a queue of k normalised Gaussian vectors of dim numbers, as MoCo starts with.
func NewQueue(e engine.Engine, k, dim int, seed uint64) *Queue {
	if k < 1 || dim < 1 {
		panic(fmt.Sprintf("moco: a queue of %d keys of %d numbers", k, dim))
	}
	r := stream.New(seed, stream.Queue)
	noise := make([]float32, k*dim)
	for row := noise; len(row) > 0; row = row[dim:] {
		sum := 0.0
		for i := range dim {
			row[i] = float32(r.NormFloat64())
			sum += float64(row[i]) * float64(row[i])
		}
		for i := range dim {
			row[i] = float32(float64(row[i]) / math.Sqrt(sum))
		}
	}
	q := &Queue{arena: e.New(k * dim), ID: make([]int, k), Label: make([]int, k), Age: make([]int, k), blocks: map[int]*tensor.Dense{}}
	e.Upload(q.arena, noise)
	q.Keys = e.View(q.arena, 0, k, dim)
	for i := range k {
		q.ID[i], q.Label[i] = Unknown, Unknown
	}
	return q
}

// Len is K.
func (q *Queue) Len() int { return len(q.ID) }

// Full tells whether every slot holds a real key.
func (q *Queue) Full() bool { return q.known == q.Len() }

// Enqueue writes keys (N, C) over the N oldest slots, in the order of the batch, and lets the others age by a step.
// It is called after the loss: a batch's keys are not negatives of their own step.
func (q *Queue) Enqueue(keys *tensor.Dense, id, label []int) {
	n, dim, k := len(id), q.Keys.Shape()[1], q.Len()
	if s := keys.Shape(); len(s) != 2 || s[0] != n || s[1] != dim || len(label) != n || n > k {
		panic(fmt.Sprintf("moco: enqueue keys of shape %v with %d ids and %d labels into a queue of shape %v", s, n, len(label), q.Keys.Shape()))
	}
	e := engine.Of(q.arena)
	if q.next+n <= k {
		e.Copy(q.block(e, q.next, n), keys)
	} else { // around the end, which a K that is a multiple of the batch never needs
		rows, head := engine.Floats(keys), k-q.next
		e.Upload(e.View(q.arena, q.next*dim, head, dim), rows[:head*dim])
		e.Upload(e.View(q.arena, 0, n-head, dim), rows[head*dim:])
	}
	for i := range q.Age {
		q.Age[i]++
	}
	for i := range n {
		slot := (q.next + i) % k
		q.ID[slot], q.Label[slot], q.Age[slot] = id[i], label[i], 0
	}
	q.next, q.known = (q.next+n)%k, min(q.known+n, k)
}

// block is the view of n rows from slot on, made once.
func (q *Queue) block(e engine.Engine, slot, n int) *tensor.Dense {
	dim := q.Keys.Shape()[1]
	b := q.blocks[slot]
	if b == nil || b.Shape()[0] != n {
		b = e.View(q.arena, slot*dim, n, dim)
		q.blocks[slot] = b
	}
	return b
}
