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
// anew only where something has, asked for ever less often, and never under the hands of somebody who is choosing: they see it afterwards. Whoever
// takes the phone out of a pocket sees it at once.
const ALL = '[data-testid="state"], [data-testid="meaning"]';
const FIRST_PAUSE_MS = 1000, LONGEST_PAUSE_MS = 60000;

const said = page => [...page.querySelectorAll(ALL)].map(it => it.textContent).join('\n');
const isAtIt = () => ![null, document.body].includes(document.activeElement)
    || [...document.querySelectorAll('input')].some(it => it.checked !== it.defaultChecked);

let pause, next;
const lookAgain = async () => {
    clearTimeout(next);
    try {
        const answer = document.hidden || isAtIt() ? null : await fetch(location.href, { cache: 'no-store' });
        const page = answer?.ok && new DOMParser().parseFromString(await answer.text(), 'text/html');
        if (page && said(page) !== said(document) && !isAtIt()) return location.reload();
    } catch {
        // It is not reached: it is asked again.
    }
    clearTimeout(next);
    next = setTimeout(lookAgain, pause);
    pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
};
const lookSoon = after => {
    pause = FIRST_PAUSE_MS;
    clearTimeout(next);
    next = setTimeout(lookAgain, after);
};

if (document.querySelector('article[data-waits]')) {
    lookSoon(FIRST_PAUSE_MS);
    document.addEventListener('visibilitychange', () => document.hidden || lookSoon(0));
    // Whoever has chosen, or has moved on, is at it no more.
    for (const it of ['change', 'focusout']) document.addEventListener(it, () => lookSoon(FIRST_PAUSE_MS));
}
