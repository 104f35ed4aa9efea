// Has the nearest cinema stand first, if a guest asks for it: the browser asks them whether it may know where they are, and what it knows
// stays in it. Without this script the list is as it was sent.
const ways = document.querySelector('.nearest');
const list = document.querySelector('.cinemas');
if (ways && list && window.isSecureContext && navigator.geolocation) {
    const button = ways.querySelector('button');
    const told = ways.querySelector('[role=status]');
    const radians = microdegrees => microdegrees * Math.PI / 180e6;
    // Along a great circle, on an earth as round as it matters here.
    const kilometres = (here, item) => {
        const [north, east] = [radians(item.dataset.latitude), radians(item.dataset.longitude)];
        const [x, y] = [Math.sin((north - here.north) / 2), Math.sin((east - here.east) / 2)];
        return 12742 * Math.asin(Math.min(1, Math.sqrt(x * x + Math.cos(north) * Math.cos(here.north) * y * y)));
    };
    const said = distance => new Intl.NumberFormat(document.documentElement.lang, {
        style: 'unit', unit: 'kilometer', maximumFractionDigits: distance < 10 ? 1 : 0,
    }).format(Math.max(distance, 0.1));
    const show = ({ coords }) => {
        const here = { north: radians(coords.latitude * 1e6), east: radians(coords.longitude * 1e6) };
        const found = [...list.children].map(item => {
            const distance = item.dataset.latitude ? kilometres(here, item) : Infinity;
            item.querySelector('.distance')?.remove();
            if (distance < Infinity) {
                const small = document.createElement('small');
                small.className = 'distance';
                small.textContent = said(distance);
                item.querySelector('a').append(small);
            }
            return { item, distance };
        });
        // Those of which nobody has said where they are stay behind, as they stood.
        found.sort((one, other) => one.distance === other.distance ? 0 : one.distance - other.distance);
        list.append(...found.map(it => it.item));
        told.textContent = ways.dataset.done;
        ends();
    };
    const fail = ({ code }) => {
        told.textContent = code === 1 ? ways.dataset.refused : ways.dataset.unknown;
        ends();
    };
    // The keyboard stays where it is, and a question that is waved away without an answer can be asked again.
    const ends = () => button.removeAttribute('aria-disabled');
    button.addEventListener('click', () => {
        if (button.hasAttribute('aria-disabled')) return;
        told.textContent = ways.dataset.asking;
        button.setAttribute('aria-disabled', 'true');
        setTimeout(ends, 30000);
        navigator.geolocation.getCurrentPosition(show, fail, { timeout: 20000, maximumAge: 600000 });
    });
    ways.classList.add('ready');
}
