// Has the browser keep this booking: its codes are wanted in a foyer where no phone reaches anything. Where there is no service worker
// (no https), the page is as it was sent, and nothing else of it needs a script.
if ('serviceWorker' in navigator) {
    navigator.serviceWorker.register('/bookings/worker.js').catch(() => {});
    // The worker sees every visit but the first, which was before it.
    if (!navigator.serviceWorker.controller) {
        navigator.serviceWorker.ready.then(it => it.active.postMessage('keep'));
    }
}
