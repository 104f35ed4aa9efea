// Keeps each booking as it was shown last, and shows it where the hub is not reached, with the words that it is as of
// then. It keeps nothing else, and never what gives a ticket back.
const PAGES = 'bookings';
// A family's evenings; the ones that were looked at last.
const MOST_PAGES = 20;
// Somebody at the door waits no longer for a network that does not answer.
const PATIENCE_MS = 6000;

const isOurs = url => url.origin === self.location.origin;
const isBooking = url => isOurs(url) && /^\/bookings\/[^/]+\/[^/]+\/[^/]+$/.test(url.pathname);
// A booking is kept once, in the language in which it was seen last.
const named = url => url.origin + url.pathname;

const keep = async (url, answer) => {
    const text = await answer.clone().text();
    const cache = await caches.open(PAGES);
    // What is over is kept no longer.
    if (!text.includes('data-kept="no"')) {
        return cache.delete(named(url), { ignoreVary: true });
    }
    await cache.put(named(url), answer);
    const keys = await cache.keys();
    await Promise.all(keys.slice(0, Math.max(0, keys.length - MOST_PAGES)).map(key => cache.delete(key)));
};

const asKept = async url => {
    const cache = await caches.open(PAGES);
    const kept = await cache.match(named(url), { ignoreVary: true });
    if (!kept) return null;
    const headers = new Headers(kept.headers);
    headers.delete('content-encoding');
    headers.delete('content-length');
    const text = await kept.text();
    return new Response(text.replace('data-kept="no"', 'data-kept="yes"'), { headers });
};

const pause = ms => new Promise(done => setTimeout(done, ms));

const page = async event => {
    const url = new URL(event.request.url);
    const kept = await asKept(url).catch(() => null);
    const asked = fetch(event.request);
    let answer, trouble;
    try {
        // Where nothing is kept there is nothing to show instead; an answer that has begun is waited for, however slow its line.
        answer = await (kept ? Promise.race([asked, pause(PATIENCE_MS)]) : asked);
    } catch (error) {
        trouble = error;
    }
    // What comes too late to be shown is kept for the next time.
    if (!answer) event.waitUntil(asked.then(late => late.ok ? keep(url, late) : null).catch(() => null));
    if (answer && answer.ok) {
        event.waitUntil(keep(url, answer.clone()));
        return answer;
    }
    // What was shown once was right: a hub that has forgotten it does not take it from its guest.
    if (kept) return kept;
    if (answer) return answer;
    throw trouble;
};

self.addEventListener('install', () => self.skipWaiting());
// Sheets were kept there, before they stood in the pages.
self.addEventListener('activate', event => event.waitUntil(Promise.all([self.clients.claim(), caches.delete('looks')])));
self.addEventListener('message', event => {
    const url = new URL(event.source.url);
    if (isBooking(url)) event.waitUntil(fetch(url).then(answer => answer.ok ? keep(url, answer) : null));
});
self.addEventListener('fetch', event => {
    const url = new URL(event.request.url);
    if (event.request.method !== 'GET') return;
    if (event.request.mode === 'navigate' && isBooking(url)) event.respondWith(page(event));
});
