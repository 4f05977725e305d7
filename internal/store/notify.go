package store

import "sync"

// topics wakes those who wait for something in the database. A wake-up says
// "look", never what there is to see: it may come twice or get lost with a
// connection, so whoever listens also polls.
type topics struct {
	mu      sync.Mutex
	subs    map[string]map[chan struct{}]bool
	started bool
	stop    func()
}

// Subscribe gives a channel that becomes readable after somebody's commit
// that called Notify for the topic; on PostgreSQL also on other nodes. cancel
// ends it.
func (db *DB) Subscribe(topic string) (wake <-chan struct{}, cancel func()) {
	ch := make(chan struct{}, 1)
	t := &db.topics
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.subs == nil {
		t.subs = map[string]map[chan struct{}]bool{}
	}
	if t.subs[topic] == nil {
		t.subs[topic] = map[chan struct{}]bool{}
	}
	t.subs[topic][ch] = true
	if db.kind == Postgres && !t.started {
		t.started = true
		t.stop = listen(db)
	}
	return ch, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.subs[topic], ch)
	}
}

// Notify wakes the subscribers of a topic once the transaction is durable.
func (tx *Tx) Notify(topic string) {
	for _, t := range tx.notify {
		if t == topic {
			return
		}
	}
	tx.notify = append(tx.notify, topic)
	tx.AfterCommit(func() { tx.db.topics.wake(topic) })
}

// wake marks a topic for all who are listening in this process; "" is all
// topics, after a time of deafness.
func (t *topics) wake(topic string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for name, subs := range t.subs {
		if name != topic && topic != "" {
			continue
		}
		for ch := range subs {
			select {
			case ch <- struct{}{}:
			default: // it has a wake-up waiting already
			}
		}
	}
}
