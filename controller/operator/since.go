package operator

import (
	"context"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/ownership"
)

// sinceReader knows since when areas are unowned or partly owned, from their statuses. It is for one goroutine.
type sinceReader struct {
	reader client.Reader
	// virtual are those of areas that have no object.
	virtual map[ownership.AreaID]v1alpha1.KnownState
}

// of gives, for each area that is unowned or partly owned, since when it is. An area whose status does not say so yet
// became so just now.
func (s *sinceReader) of(ctx context.Context, result *ownership.Result, now time.Time) map[ownership.AreaID]time.Time {
	virtual := map[ownership.AreaID]v1alpha1.KnownState{}
	since := map[ownership.AreaID]time.Time{}
	for i := range result.Areas {
		area := &result.Areas[i]
		if area.State != ownership.Unowned && area.State != ownership.Partial {
			continue
		}
		state := areaState(area.State)
		since[area.ID] = now
		if area.Virtual {
			known := s.virtual[area.ID]
			if known.State != state {
				known.State, known.Since.Time = state, now
			}
			virtual[area.ID], since[area.ID] = known, known.Since.Time
			continue
		}
		switch status := s.written(ctx, area.ID); {
		case status.State == state && status.Since != nil:
			since[area.ID] = status.Since.Time
		case status.LastKnown != nil && status.LastKnown.State == state:
			since[area.ID] = status.LastKnown.Since.Time
		}
	}
	s.virtual = virtual
	return since
}

// written is the status of an Area as the cache has it; an empty one where it has none.
func (s *sinceReader) written(ctx context.Context, id ownership.AreaID) v1alpha1.AreaStatus {
	namespace, name, _ := strings.Cut(string(id), "/")
	var area v1alpha1.Area
	if err := s.reader.Get(ctx, types.NamespacedName{Namespace: namespace, Name: name}, &area, client.UnsafeDisableDeepCopy); err != nil {
		return v1alpha1.AreaStatus{}
	}
	return area.Status
}
