package nn

import (
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/op"
)

// Graph runs an encoder on batches of one size, with weights that other graphs may share. One goroutine at a time.
//
// Forward and Backward are two runs, so that the gradient to the outputs can be computed in between, outside of the
// graph. All tensors that a graph hands out are overwritten by its next run: copy what you keep.
type Graph struct {
	Encoder *Encoder
	Weights *Weights
	Batch   int
	X       *tensor.Dense // (N, 3, S, S): the images
	Grads   *tensor.Dense // gradients of all parameters, in the order of Weights.Flat; nil without gradients

	Expr *G.ExprGraph // to be looked at

	plan         *op.Plan
	params       map[string]*G.Node
	feature, out *G.Node
	dout         *tensor.Dense
	forward      G.VM
	backward     G.VM
}

// Train returns a graph with gradients, in which BatchNorm uses the batch's statistics and updates the running ones.
func (e *Encoder) Train(w *Weights, batch int) (*Graph, error) {
	g, err := e.Forward(w, batch, true)
	if err != nil {
		return nil, err
	}
	if err := g.differentiate(); err != nil {
		return nil, fmt.Errorf("nn: gradients of %s: %w", e.Config.Net, err)
	}
	return g, nil
}

// Forward returns a graph without gradients. With train, BatchNorm uses the batch's statistics and updates the
// running ones (a key encoder); else it uses the running ones (features of a trained encoder).
func (e *Encoder) Forward(w *Weights, batch int, train bool) (*Graph, error) {
	if w.encoder != e && w.encoder.Config != e.Config {
		return nil, fmt.Errorf("nn: weights of %+v for an encoder %+v", w.encoder.Config, e.Config)
	}
	if batch < 1 {
		return nil, fmt.Errorf("nn: a batch of %d images: want at least 1", batch)
	}
	if train && batch%e.Config.Splits != 0 {
		return nil, fmt.Errorf("nn: a batch of %d images in %d splits of BatchNorm: want a multiple", batch, e.Config.Splits)
	}
	if side := e.lastSide(); train && batch/e.Config.Splits*side*side < 2 {
		return nil, fmt.Errorf("nn: a batch of %d images in %d splits: BatchNorm in training needs more than one value a channel, and the last has %dx%d an image",
			batch, e.Config.Splits, side, side)
	}
	g := &Graph{Encoder: e, Weights: w, Batch: batch, Expr: G.NewGraph(), plan: op.NewPlan(w.Engine), params: map[string]*G.Node{}}
	b := &builder{g: g, train: train}
	b.build()
	var err error
	if g.forward, err = g.plan.Machine(g.Expr); err != nil {
		return nil, err
	}
	return g, nil
}

// differentiate adds the gradients of all parameters to the graph, and the machine that computes them.
func (g *Graph) differentiate() error {
	eng := g.Weights.Engine
	g.dout = eng.New(g.Batch, g.Encoder.OutDim())
	g.Grads = eng.New(g.Weights.Flat.Shape().TotalSize())
	var params G.Nodes
	for _, p := range g.Weights.Params {
		params = append(params, g.params[p.Name])
		g.plan.GradientInto(g.params[p.Name], eng.View(g.Grads, p.offset, p.Shape...))
	}
	dy := G.NodeFromAny(g.Expr, g.dout, G.WithName("gradient to out"))
	if _, err := G.Grad(op.Inject(g.plan, g.out, dy), params...); err != nil {
		return err
	}
	var err error
	g.backward, err = g.plan.Machine(g.Expr)
	return err
}

// Forward computes Feature and Out of the images x (N, 3, S, S), in the order of NCHW, and returns Out.
// Another number of values than X has is a programmer's error.
func (g *Graph) Forward(x []float32) (*tensor.Dense, error) {
	if len(x) != g.X.Shape().TotalSize() {
		panic(fmt.Sprintf("nn: Forward of %d values, want those of x %v", len(x), g.X.Shape()))
	}
	g.Weights.Engine.Upload(g.X, x)
	if err := g.plan.Run(g.forward, op.Forward); err != nil {
		return nil, fmt.Errorf("nn: forward: %w", err)
	}
	return g.Out(), nil
}

// Feature is the pooled feature (N, F) of the last Forward, Out what the head makes of it: the embedding (N, C),
// rows L2-normalised, or the logits (N, Classes). nil before the first.
func (g *Graph) Feature() *tensor.Dense { return value(g.feature) }
func (g *Graph) Out() *tensor.Dense     { return value(g.out) }

func value(n *G.Node) *tensor.Dense {
	t, _ := n.Value().(*tensor.Dense)
	return t
}

// Backward fills Grads from dout (N, C), the gradient to Out of the last Forward; dout is not changed. Before the
// first Forward it is an error, and so it is for a graph without gradients.
func (g *Graph) Backward(dout *tensor.Dense) error {
	if g.backward == nil {
		return fmt.Errorf("nn: backward: the graph has no gradients: make it with Train")
	}
	if !dout.Shape().Eq(g.dout.Shape()) {
		panic(fmt.Sprintf("nn: Backward from a gradient of shape %v, want %v", dout.Shape(), g.dout.Shape()))
	}
	g.Weights.Engine.Copy(g.dout, dout)
	if err := g.plan.Run(g.backward, op.Backward); err != nil {
		return fmt.Errorf("nn: backward: %w", err)
	}
	return nil
}

// Grad is the gradient to the parameter called name, a view of Grads; nil if there is none.
func (g *Graph) Grad(name string) *tensor.Dense {
	for _, p := range g.Weights.Params {
		if p.Name == name && g.Grads != nil {
			return g.Weights.Engine.View(g.Grads, p.offset, p.Shape...)
		}
	}
	return nil
}

// Floats is the number of float32 values in the graph's buffers: activations, and gradients to them.
func (g *Graph) Floats() int { return g.plan.Floats() }

// Close releases the machines. The graph cannot run afterwards.
func (g *Graph) Close() error {
	for _, m := range []G.VM{g.forward, g.backward} {
		if m != nil {
			if err := m.Close(); err != nil {
				return err
			}
		}
	}
	return nil
}
