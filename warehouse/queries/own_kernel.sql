-- Which give every sandbox a kernel of its own?
SELECT vendor, product, technology, own_kernel_why FROM compare WHERE own_kernel ORDER BY vendor;
