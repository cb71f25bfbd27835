/**
 * A busy button is disabled, and what is disabled loses the focus to the page: who saves by keyboard would have to begin at the top.
 * When the button is back and nothing else has taken the focus, it gets it again.
 */
export const keepFocus = (): void => {
  let last: EventTarget | null = null;
  const disabled = (target: EventTarget | null) => target instanceof HTMLElement && target.matches(':disabled');
  addEventListener('focusin', (event) => { last = event.target; });
  // Left by choice: not to be pulled back.
  addEventListener('focusout', (event) => { if (!disabled(event.target)) last = null; });
  new MutationObserver((changes) => {
    if (document.activeElement !== document.body) return;
    const back = changes.find(({ target }) => target === last && !disabled(target))?.target;
    if (back instanceof HTMLElement) back.focus({ preventScroll: true });
  }).observe(document, { subtree: true, attributes: true, attributeFilter: ['disabled'] });
};
