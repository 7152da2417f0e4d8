// cart.js: the basket of the webshop. Prices are in cents, never in floats.

const FREE_SHIPPING_FROM = 15000;
const SHIPPING = { DE: 590, AT: 890, CH: 1490, default: 1690 };

/** A basket survives a reload and a change of language, but not 30 days. */
export function loadCart(storage = localStorage, now = Date.now()) {
  try {
    const saved = JSON.parse(storage.getItem("cart") ?? "null");
    if (saved && now - saved.touched < 30 * 24 * 3600 * 1000) return saved;
  } catch {
    // somebody edited it by hand: start afresh
  }
  return { touched: now, lines: [] };
}

export function addLine(cart, article, quantity, unitPrice) {
  if (!Number.isInteger(quantity) || quantity < 1 || quantity > 500)
    throw new RangeError(`quantity of ${article} must be 1 to 500`);
  const line = cart.lines.find((l) => l.article === article);
  if (line) line.quantity += quantity;
  else cart.lines.push({ article, quantity, unitPrice });
  cart.touched = Date.now();
  return cart;
}

/** Dealers pay 34 percent less, but only when the order has five pieces or more. */
export function total(cart, country, isDealer) {
  const pieces = cart.lines.reduce((n, l) => n + l.quantity, 0);
  let goods = cart.lines.reduce((sum, l) => sum + l.quantity * l.unitPrice, 0);
  if (isDealer && pieces >= 5) goods = Math.round(goods * 0.66);
  const shipping = goods >= FREE_SHIPPING_FROM ? 0 : SHIPPING[country] ?? SHIPPING.default;
  return { goods, shipping, sum: goods + shipping };
}
