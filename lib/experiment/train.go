package experiment

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/hardneg/hardneg/lib/augment"
	"github.com/hardneg/hardneg/lib/contrast"
	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/moco"
	"github.com/hardneg/hardneg/lib/nn"
)

// encoderConfig is the encoder of s; classes > 0 puts a classifier in the place of the projection head.
func (s Setting) encoderConfig(classes int) nn.Config {
	return nn.Config{Net: s.Net, Size: s.Size, Width: s.Width, Head: s.Head, Dim: s.Dim, Splits: s.Splits, Classes: classes}
}

// mocoConfig is what package moco needs to know of s, for so many steps.
func (s Setting) mocoConfig(steps int) (moco.Config, error) {
	c := moco.Config{
		Encoder: s.encoderConfig(0), Batch: s.Batch, K: s.Queue,
		Temperature: s.Temperature, Momentum: s.KeyMomentum, OwnImage: s.OwnImage,
		Rate: s.Rate, Steps: steps, SGDMomentum: s.Momentum, WeightDecay: s.Decay, Seed: s.Seed,
	}
	if s.Method == MoCo {
		policy, err := contrast.ParsePolicy(s.Policy)
		if err != nil {
			return c, err
		}
		c.Policy = policy
	}
	return c, nil
}

// epochs runs the steps of all epochs, those after from where that is not nil, and writes the history. Where a step
// fails, the history ends with the last whole epoch.
func (r *run) epochs(ctx context.Context, t trainee, from *position) error {
	began, epochBegan, done := time.Now(), time.Now(), 0
	var e Epoch
	if from != nil {
		done, e, r.record.History = from.Step, from.Epoch, from.History
		began, epochBegan = ago(from.Timings.Train), ago(e.Seconds)
		r.record.Timings.Fill, r.record.Timings.Checkpoints = from.Timings.Fill, from.Timings.Checkpoints
		e.Seconds = 0
	}
	if r.o.Dir != "" {
		r.keep = &keeper{r: r, t: t, done: done, saved: done, epoch: e, began: began, epochBegan: epochBegan, last: time.Now(),
			spent: time.Duration(r.record.Timings.Checkpoints * float64(time.Second))}
	}
	loader, err := augment.NewLoader(ctx, r.p.train, augment.LoaderConfig{
		Views: r.p.views, Batch: r.s.Batch, Epochs: r.s.Epochs, Start: done, Seed: r.s.Seed})
	if err != nil {
		return err
	}
	defer loader.Close()
	perEpoch := loader.StepsPerEpoch()
	for {
		b, err := loader.Next(ctx)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			if ctx.Err() != nil {
				r.keep.interrupted()
			}
			return err
		}
		last := (done+1)%perEpoch == 0
		m, negative, err := t.step(ctx, b, last)
		if err != nil {
			if ctx.Err() != nil && errors.Is(err, ctx.Err()) { // a step looks at ctx before it changes anything
				r.keep.interrupted()
			}
			return err
		}
		done++
		loader.Recycle(b)
		e.Loss += m.Loss / float64(perEpoch)
		e.Positive += m.Positive / float64(perEpoch)
		if last {
			e.Epoch, e.Negative, e.Rate = done/perEpoch, negative, m.Rate
			e.Seconds = time.Since(epochBegan).Seconds()
			r.record.History = append(r.record.History, e)
			e, epochBegan = Epoch{}, time.Now()
		}
		r.keep.after(done, e, epochBegan)
		r.tell("train", done, loader.Steps(), m.Loss)
	}
	r.record.Timings.Train = time.Since(began).Seconds()
	r.record.Timings.Images = float64(loader.Steps()*r.s.Batch) / r.record.Timings.Train
	return nil
}

// ago is the moment so many seconds before now.
func ago(seconds float64) time.Time {
	return time.Now().Add(-time.Duration(seconds * float64(time.Second)))
}

// stepsOf is the number of steps of s.
func (s Setting) stepsOf() int { return max(1, s.TrainImages/s.Batch*s.Epochs) }

// mocoRun trains by MoCo, or for Untrained only fills the queue, and describes the negatives at the end.
func (r *run) mocoRun(ctx context.Context) error {
	c, err := r.s.mocoConfig(r.s.stepsOf())
	if err != nil {
		return err
	}
	m, err := moco.New(r.engine, c)
	if err != nil {
		return err
	}
	var from *position
	if r.s.Method == MoCo {
		if from, err = r.resume(observed{m}); err != nil {
			return err
		}
	}
	if from == nil && !r.s.NoiseQueue {
		if err := r.fill(ctx, m, nil); err != nil {
			return err
		}
	}
	if r.s.Method == MoCo {
		if err := r.epochs(ctx, observed{m}, from); err != nil {
			return err
		}
	}
	if err := r.measure(ctx, m.Encoder, m.QueryWeights); err != nil {
		return err
	}
	return r.describe(ctx, m) // last, since it runs the encoders in training mode
}

// observed takes the steps of a MoCo, with a look at the similarities that they computed where asked.
type observed struct{ *moco.MoCo }

func (m observed) step(ctx context.Context, b *augment.Batch, observe bool) (moco.Metrics, float64, error) {
	metrics, err := m.Step(ctx, b)
	if err != nil || !observe {
		return metrics, 0, err
	}
	return metrics, mean(engine.Floats(m.LastSimilarities())), nil
}

func mean(values []float32) float64 {
	sum := 0.0
	for _, v := range values {
		sum += float64(v)
	}
	return sum / float64(len(values))
}

// fill puts real keys into every slot of the queue: views of an epoch that training does not reach. seen, which may be
// nil, is called with each batch before its keys are made.
func (r *run) fill(ctx context.Context, m *moco.MoCo, seen func(i int, b *augment.Batch) error) error {
	began := time.Now()
	total := r.s.Queue / r.s.Batch
	next := r.batches(r.s.Epochs)
	for i := range total {
		if err := ctx.Err(); err != nil {
			return err
		}
		b, err := next()
		if err != nil {
			return err
		}
		if seen != nil {
			if err := seen(i, b); err != nil {
				return err
			}
		}
		if err := m.Fill(b); err != nil {
			return err
		}
		r.tell("fill the queue", i+1, total, 0)
	}
	r.record.Timings.Fill = time.Since(began).Seconds()
	return nil
}

// batches gives one batch after the other from an epoch on that training does not reach.
func (r *run) batches(epoch int) func() (*augment.Batch, error) {
	var order []int
	return func() (*augment.Batch, error) {
		if len(order) < r.s.Batch {
			order = augment.Order(r.p.train.Len(), r.s.Seed, epoch)
			epoch++
		}
		index := order[:r.s.Batch]
		order = order[r.s.Batch:]
		return augment.Views(r.p.train, r.p.views, index, r.s.Seed, epoch-1)
	}
}

// describedQueries is how many queries the negatives are described for.
const describedQueries = 512

// describe fills Negatives with queries of a further epoch against the queue as training left it.
func (r *run) describe(ctx context.Context, m *moco.MoCo) error {
	d := newDescription(r.s.Queue)
	next := r.batches(r.s.Epochs + 1 + r.s.Queue/r.s.Batch)
	total := max(1, min(describedQueries, r.p.train.Len())/r.s.Batch)
	for i := range total {
		if err := ctx.Err(); err != nil {
			return err
		}
		b, err := next()
		if err != nil {
			return err
		}
		q, err := m.Query(b.X1)
		if err != nil {
			return err
		}
		k, err := m.Key(b.X2)
		if err != nil {
			return err
		}
		s := m.Similarities(q)
		kept, err := m.Keep(s, b)
		if err != nil {
			return err
		}
		loss, err := m.InfoNCE(q, k, s, kept)
		if err != nil {
			return err
		}
		d.add(s, loss.Positive, kept, m.Known(b))
		r.tell("describe the negatives", i+1, total, 0)
	}
	r.record.Negatives = d.negatives()
	return nil
}
