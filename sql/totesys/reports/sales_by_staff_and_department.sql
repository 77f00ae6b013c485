-- report: Sales by staff and department
-- What each member of staff sold, in each currency; departments are those of now.
-- filters: date_from, date_to
select
  s.department_name,
  o.sales_staff_id as staff_id,
  s.first_name,
  s.last_name,
  c.currency_code,
  count(*) as orders,
  sum(o.units_sold * o.unit_price) as revenue
from bus.current_sales_order o
left join bus.dim_staff s on s.staff_id = o.sales_staff_id
left join bus.dim_currency c on c.currency_id = o.currency_id
where true
  [[ and o.created_date >= {{date_from}} ]]
  [[ and o.created_date <= {{date_to}} ]]
group by s.department_name, o.sales_staff_id, s.first_name, s.last_name, c.currency_code
order by s.department_name, o.sales_staff_id, c.currency_code
