-- Reports that Ruth asks for on the first of the month. PostgreSQL 15.

-- Share of the turnover of each customer in the last twelve months: nobody should
-- be above 15 percent.
SELECT c.name,
       round(sum(l.quantity * l.unit_price), 2) AS turnover,
       round(100 * sum(l.quantity * l.unit_price)
             / sum(sum(l.quantity * l.unit_price)) OVER (), 1) AS percent
  FROM orders o
  JOIN order_lines l ON l.order_id = o.id
  JOIN customers c ON c.id = o.customer_id
 WHERE o.ordered_on >= current_date - interval '12 months'
   AND o.cancelled_on IS NULL
 GROUP BY c.id, c.name
 ORDER BY turnover DESC
 LIMIT 20;

-- Invoices that are overdue by more than two weeks, oldest first, with the number of
-- reminders already sent. The third reminder goes by registered post.
SELECT i.number, c.name, c.telephone, i.amount, i.due_on, i.reminders
  FROM invoices i
  JOIN customers c ON c.id = i.customer_id
 WHERE i.paid_on IS NULL
   AND i.due_on < current_date - 14
 ORDER BY i.due_on;

-- Returns: which article comes back most often, and why.
SELECT r.article, r.reason, count(*) AS returned
  FROM returns r
 WHERE r.received_on >= date_trunc('year', current_date)
 GROUP BY r.article, r.reason
HAVING count(*) > 3
 ORDER BY returned DESC;
