// Has the browser keep this booking: its codes are wanted in a foyer where no phone reaches anything. Where there is no service worker
// (no https), the page is as it was sent, and nothing else of it needs a script.
if ('serviceWorker' in navigator) {
    navigator.serviceWorker.register('/bookings/worker.js').catch(() => {});
    // The worker sees every visit but the first, which was before it.
    if (!navigator.serviceWorker.controller) {
        navigator.serviceWorker.ready.then(it => it.active.postMessage('keep'));
    }
}

// A ticket that goes back is asked about within moments, or once the cinema is reached: whoever watches sees what becomes of it. The page is drawn
// anew only where something has, and asked for ever less often.
const ALL = '[data-testid="state"], [data-testid="meaning"]';
const FIRST_PAUSE_MS = 1000, LONGEST_PAUSE_MS = 60000;

const said = page => [...page.querySelectorAll(ALL)].map(it => it.textContent).join('\n');

const lookAgain = async pause => {
    try {
        const answer = document.hidden ? null : await fetch(location.href, { cache: 'no-store' });
        const page = answer?.ok && new DOMParser().parseFromString(await answer.text(), 'text/html');
        if (page && said(page) !== said(document)) return location.reload();
    } catch {
        // It is not reached: it is asked again.
    }
    setTimeout(lookAgain, pause, Math.min(2 * pause, LONGEST_PAUSE_MS));
};

if (document.querySelector('article[data-waits]')) setTimeout(lookAgain, FIRST_PAUSE_MS, FIRST_PAUSE_MS);
