package hub_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// A host has one exchange at a time: a newer one ends the one that waits. And it
// is read as far as its session may say, and no further.
func TestOneExchangeAHost(t *testing.T) {
	l := joined(t)
	c := l.client(l.folder)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute) // that it ends at all
	defer cancel()
	hello := plan.Request{Hello: &plan.Hello{Versions: []int{plan.DocumentVersion}}}
	first, err := c.Exchange(ctx, hello)
	if err != nil {
		t.Fatal(err)
	}
	const waiters = 8
	done := make(chan error, waiters)
	for range waiters { // each would wait for 20 seconds
		go func() {
			_, err := c.Exchange(ctx, plan.Request{Session: first.Session, Seq: 1, Wait: 20_000})
			done <- err
		}()
	}
	for range waiters - 1 {
		if err := <-done; err == nil {
			t.Error("several exchanges of one host wait at the same time, to their ends")
		}
	}
	if _, err := c.Exchange(ctx, plan.Request{Session: first.Session, Seq: 2}); err != nil {
		t.Errorf("the newest: %v", err)
	}
	<-done

	big := plan.Request{Session: first.Session, Seq: 3, Adopt: &plan.Adopt{}}
	for i := range 2000 {
		body, err := plan.Encode(map[string]string{"x": strings.Repeat("x", 4000)})
		if err != nil {
			t.Fatal(err)
		}
		d := plan.Document{Kind: plan.KindPolicy, ID: id(i + 100), Generation: 1, Body: body}
		big.Adopt.Documents = append(big.Adopt.Documents, plan.Adopted{Document: d})
	}
	if _, err := c.Exchange(ctx, big); err == nil || !strings.Contains(err.Error(), "400") {
		t.Errorf("8 MB that nobody asked for: %v", err)
	}
	// Asked for everything, the same is read.
	l.write(func(tx *store.Tx) error {
		link, err := hub.LinkOf(tx, theHost)
		if err != nil || link == nil {
			return errors.Join(err, errors.New("no link"))
		}
		_, err = tx.Exec(`UPDATE link SET adopting = 1 WHERE host = $1`, theHost)
		return err
	})
	big.Seq = 4
	if _, err := c.Exchange(ctx, big); err != nil {
		t.Errorf("8 MB that were asked for: %v", err)
	}
}
