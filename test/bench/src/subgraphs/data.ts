/** The federation benchmark's data: six users, nine products, eleven reviews. */

const sentence =
  'The table arrived on time and looks as good as in the picture; the drawers run smoothly and the wood smells of oil. ';

/** Review texts as long as the public benchmark's, so that answers have its size. */
const lengths = [445, 296, 274, 142, 445, 296, 274, 142, 142, 142, 838];
const productOfReview = ['1', '1', '1', '1', '2', '2', '2', '2', '3', '4', '4'];

/** A review; `product` and `author` are references. */
export interface ReviewRecord {
  readonly id: string;
  readonly body: string;
  readonly upc: string;
}

export const reviews: readonly ReviewRecord[] = lengths.map((length, index) => ({
  id: String(index + 1),
  body: sentence.repeat(Math.ceil(length / sentence.length)).slice(0, length),
  upc: productOfReview[index] as string,
}));

export const users = [
  ['Ada Lovelace', 'ada'],
  ['Alan Turing', 'alan'],
  ['Grace Hopper', 'grace'],
  ['Edsger Dijkstra', 'edsger'],
  ['Barbara Liskov', 'barbara'],
  ['Donald Knuth', 'donald'],
].map(([name, username], index) => ({ id: String(index + 1), name, username, birthday: 1234567890 }));

export const products = [
  ['Table', 899, 100],
  ['Couch', 1299, 1000],
  ['Glass', 15, 20],
  ['Chair', 499, 100],
  ['TV', 1299, 1000],
  ['Lamp', 6999, 300],
  ['Grill', 3999, 2000],
  ['Fridge', 100_000, 6000],
  ['Sofa', 9999, 800],
].map(([name, price, weight], index) => ({
  upc: String(index + 1),
  name,
  price: price as number,
  weight: weight as number,
}));

/** Product codes that are in stock. */
export const inStock = new Set(['1', '5', '6', '7', '9']);
