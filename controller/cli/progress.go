package cli

import (
	"io"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
)

const (
	// progressAfter is how long work must take before it is worth a progress bar.
	progressAfter = 500 * time.Millisecond
	progressEvery = 100 * time.Millisecond
)

// progress shows a bar on the error stream while work is going on: on a terminal only, and only if it takes long. The
// bar is gone when the work is done.
type progress struct {
	mutex       sync.Mutex
	step        string
	done, total int

	stopping, stopped chan struct{}
}

// startProgress begins to wait; stop must be called.
func startProgress(environment Environment) *progress {
	p := &progress{step: "reading", stopping: make(chan struct{}), stopped: make(chan struct{})}
	_, is := environment.Terminal(environment.Err)
	if !is || environment.Getenv("TERM") == "dumb" {
		close(p.stopped)
		return p
	}
	go p.show(environment.Err)
	return p
}

// report takes in how far the work is.
func (p *progress) report(step string, done, total int) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.step, p.done, p.total = step, done, total
}

// stop takes the bar off the screen.
func (p *progress) stop() {
	close(p.stopping)
	<-p.stopped
}

func (p *progress) show(w io.Writer) {
	defer close(p.stopped)
	select {
	case <-p.stopping:
		return
	case <-time.After(progressAfter):
	}
	ticker := time.NewTicker(progressEvery)
	defer ticker.Stop()
	var bar *progressbar.ProgressBar
	shown := ""
	for {
		p.mutex.Lock()
		step, done, total := p.step, p.done, p.total
		p.mutex.Unlock()
		if step != shown {
			shown = step
			if bar != nil {
				_ = bar.Clear() // a bar is only for show
			}
			bar = newBar(w, step, total)
		}
		if total <= 0 {
			_ = bar.Add(1)
		} else if done < total { // a full bar would clear itself
			_ = bar.Set(done)
			_ = bar.RenderBlank()
		}
		select {
		case <-p.stopping:
			_ = bar.Clear()
			return
		case <-ticker.C:
		}
	}
}

// newBar makes a bar; of a total that nobody knows, a spinner. The loop turns it, and no goroutine of its own.
func newBar(w io.Writer, step string, total int) *progressbar.ProgressBar {
	if total == 0 {
		total = -1
	}
	return progressbar.NewOptions(total, progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(step),
		progressbar.OptionSetWidth(30), progressbar.OptionClearOnFinish(), progressbar.OptionSetPredictTime(false),
		progressbar.OptionSetElapsedTime(false), progressbar.OptionShowCount(), progressbar.OptionUseANSICodes(true),
		progressbar.OptionSetSpinnerChangeInterval(0))
}
